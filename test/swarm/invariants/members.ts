import { violated, type Invariant } from './contract.js'

/** Lists of members are sorted, name each once, and contain whoever gets them. */
export const members: Invariant = {
  name: 'members',
  watch: () => ({
    handled(peer, event) {
      if (event.type !== 'members') return
      event.members.forEach((id, index) => {
        if (index > 0 && event.members[index - 1]! >= id) {
          throw violated(
            'members',
            peer.id,
            `gets a list of members out of order: ${event.members.join(' ')}`,
          )
        }
      })
      if (!event.members.includes(peer.id)) {
        throw violated(
          'members',
          peer.id,
          `gets a list of members without itself: ${event.members.join(' ')}`,
        )
      }
    },
  }),
}
