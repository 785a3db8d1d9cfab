export { createAdaptiveDeadline, defaultDeadlineBounds, type DeadlineBounds } from './deadline.js'
export {
  createGossipLearning,
  type GossipLearning,
  type GossipLearningConfig,
  type GossipLearningState,
  type Phase,
} from './engine.js'
export type { GossipEffect, GossipEvent } from './events.js'
export { mixingNames, sharesOf, type Mixing, type Share } from './mixing.js'
export { createSchedule, scheduleNames, type Schedule } from './schedule.js'
