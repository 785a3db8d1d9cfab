import type { Effect, Event } from './invariants/index.js'

/** One line for `--trace`: what happened to an engine, and what it asked for. */
export const describeEvent = (event: Event, effects: readonly Effect[]): string => {
  const asked = effects.map(describeEffect)
  return asked.length === 0 ? nameOf(event) : `${nameOf(event)} → ${asked.join('; ')}`
}

const nameOf = (event: Event): string => {
  switch (event.type) {
    case 'head':
    case 'pulled':
      return `${event.type} ${event.from} v${event.head.version} round ${event.head.round}`
    case 'pullEnded':
      return `pullEnded ${event.from}`
    case 'members':
      return `members ${event.members.join(' ')}`
    case 'start':
      return `start${event.late ? ' late' : ''}${event.done ? ` with ${event.done.round} rounds done` : ''}`
    case 'trained':
    case 'mixed':
    case 'deadline':
    case 'freeze':
      return event.type
    case 'resume':
      return event.weights === undefined ? 'resume' : 'resume from the merged model'
  }
}

const describeEffect = (effect: Effect): string => {
  switch (effect.type) {
    case 'train':
      return `train ${effect.steps}`
    case 'mix':
      return `mix ${effect.shares.map(({ from, weight }) => `${from} ${weight.toFixed(3)}`).join(' ')}`
    case 'publish':
      return `publish v${effect.head.version} round ${effect.head.round}`
    case 'pull':
      return `pull ${effect.from} newer than ${effect.newerThan}`
    case 'setDeadline':
      return `set deadline ${effect.atMs.toFixed(3)}`
    case 'clearDeadline':
      return 'clear deadline'
    case 'roundEnded':
      return `round ${effect.round} ended`
    case 'finished':
      return 'finished'
    case 'frozen':
      return 'frozen'
  }
}
