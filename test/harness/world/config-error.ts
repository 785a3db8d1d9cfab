import type { z } from 'zod'
import { configErrorOf } from '../../../protocols/config-error.js'
import type { ConfigError } from '../../../protocols/errors.js'

/** What zod says of a scenario, as everyone else says it. @param schema the object that was parsed with. */
export const asConfigError = (issue: z.core.$ZodIssue, schema: z.ZodObject): ConfigError =>
  configErrorOf({ schema, issue, noun: 'the scenario' })
