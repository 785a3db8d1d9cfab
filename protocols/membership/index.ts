export { createMembership, type Membership } from './members.js'
