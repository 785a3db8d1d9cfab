import { runIdOf, totalRounds, type RunConfiguration } from '../../protocols/run/index.js'
import type { PeerReport } from '../peer.js'
import { counted, mergedModels, percent, size } from '../units.js'
import { awaitedCallWords, callerlessWords } from './caller-words.js'
import { describeCodecs } from './codec-traffic.js'
import { neverMixed } from './never-mixed.js'
import { bar, type Output } from './output.js'

/** Says what a peer reports, for people and for programs. */
export const createNarrator = (configuration: RunConfiguration, output: Output) => {
  /** Without a terminal for a progress line, about ten lines a run. */
  const sayEvery = Math.max(1, Math.floor(totalRounds(configuration) / 10))
  const runId = runIdOf(configuration)
  let merged = ''
  let [members, mixed, round] = [1, 0, 0]
  /** A peer trains on while it waits for a merge, up to the rounds of all periods. */
  const goesOn = (period: number): string =>
    round < totalRounds(configuration)
      ? 'training goes on'
      : `as all rounds are done there is nothing to train in period ${period}`
  /** Of a merge that was called for before, nobody can say what more rounds would have given. */
  const judgeAfter = (round: number): void => {
    if (round < totalRounds(configuration)) return
    const advice = neverMixed(configuration, { members, mixed, setting: 'rounds in the run file' })
    if (advice !== undefined) output.say(advice)
  }
  const sayAbandoned = ({ period, reason, again, isOver }: PeerReport & { type: 'abandoned' }): void => {
    // What ends the run is said when it has ended.
    if (isOver && period >= configuration.periods) return
    const next = isOver ? `; period ${period} ends without it, and ${goesOn(period + 1)}` : ''
    output.say(
      `the merge was abandoned: ${reason}; the local model is untouched${again ? ', another call follows' : next}`,
    )
  }
  return (report: PeerReport): void => {
    if (report.type === 'round') {
      const { weights: _weights, mixedFrom, ...figures } = report
      output.emit({ ...figures, mixedFrom: mixedFrom.length })
    } else if (report.type === 'merged') {
      const { type, period, models, digest, mergedAccuracy } = report
      output.emit({ type, period, models, digest, mergedAccuracy })
    } else if (report.type === 'listening') output.emit({ ...report, runId })
    else output.emit({ ...report })
    switch (report.type) {
      case 'waiting':
        return output.progress(`waiting for peers: ${report.members} of ${report.needed} are here`)
      case 'member':
        return output.say(`${report.name} ${report.change} (${report.id})`)
      case 'started':
        return output.say(
          report.late
            ? 'the run is under way: beginning from the snapshot of a member'
            : `training begins with ${counted(report.members, 'member')} known so far` +
                // One that hears of a head need not know all yet.
                (report.members < configuration.minPeers ? ': the others have begun' : ''),
        )
      case 'round': {
        const { loss, accuracy, mixedFrom, bytesSent, codecs } = report
        round = report.round
        mixed += mixedFrom.length
        members = report.members
        const line =
          `round ${round}/${totalRounds(configuration)}  loss ${loss.toFixed(3)}  accuracy ${percent(accuracy)}  ${merged}` +
          `mixed with ${mixedFrom.length}  sent ${size(bytesSent)}${describeCodecs(codecs)}`
        if (output.isTerminal) output.progress(`${bar(round / totalRounds(configuration))}  ${line}`)
        else if (round % sayEvery === 0) output.say(line)
        return judgeAfter(round)
      }
      case 'estimate':
        merged = `merged ≈ ${percent(report.mergedAccuracy)}  `
        return
      case 'refused':
        return output.say(`refused: ${report.message}`)
      case 'callerless':
        return output.say(callerlessWords(report))
      case 'awaitingCall':
        return output.say(awaitedCallWords(report, configuration.periods))
      case 'finished':
        return output.progress('finished training; waiting for the others')
      case 'merging':
        return output.progress(`merging ${report.members} models …`)
      case 'listening':
        return
      case 'merged':
        return output.say(
          `period ${report.period} ended: ${mergedModels(report.models)}, accuracy ${percent(report.mergedAccuracy)}; training goes on from there`,
        )
      case 'abandoned':
        return sayAbandoned(report)
      case 'accused':
        return output.say(accusedWords(report))
    }
  }
}

const accusedWords = ({ id, fault }: PeerReport & { readonly type: 'accused' }): string =>
  fault === 'doubled-call'
    ? `${id} has called for one merge twice, other members each time; its calls are followed only where others have begun`
    : `${id} lied in the merge (${fault}); its lie is not in the result`
