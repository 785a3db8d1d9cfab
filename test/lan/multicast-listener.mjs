/** Prints the sender's address for every packet sent to the group and port of multicast DNS (RFC 6762, section 3). */
import { createSocket } from 'node:dgram'

const GROUP = '224.0.0.251'
const PORT = 5353

const socket = createSocket({ type: 'udp4', reuseAddr: true })
socket.on('message', (_packet, { address }) => console.log(address))
socket.bind(PORT, () => {
  socket.addMembership(GROUP)
  console.log('ready')
})
