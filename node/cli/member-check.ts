import { parseDataSource, parsePartition } from '../data/index.js'
import { checkCodec } from './codec-option.js'
import type { MemberOptions } from './member-options.js'

/**
 * Everything that can be wrong with the options of a member themselves, whatever its run: before any peer is asked.
 * @throws DatasetError UNKNOWN_SOURCE, BAD_PARTITION; ConfigError BAD_VALUE
 */
export const checkMemberOptions = ({
  data,
  partition,
  codec,
}: Pick<MemberOptions, 'data' | 'partition' | 'codec'>): void => {
  parseDataSource(data)
  parsePartition(partition)
  if (codec !== undefined) checkCodec(codec)
}
