// Whoever shows a reply gets somebody who fetches for it: with what its place takes, and at the pace of its platform.

import type { Assistant } from '../../contract/assistant.ts'
import type { Outbox } from '../../contract/platform.ts'
import type { Clock, Logger } from '../../contract/runtime.ts'
import type { Spool } from '../../media/spool.ts'
import type { Downloader } from '../../net/download.ts'
import type { Pacer } from '../../reply/pace.ts'
import { createAnswerMedia, FETCHED_AT_ONCE, type AnswerMedia } from './answer-media.ts'
import { createGate } from '../gate.ts'

export interface AnswerMediaParts {
  readonly assistant: Assistant
  readonly downloader: Downloader
  readonly spool: Spool
  readonly clock: Clock
  readonly log: Logger
}

/** Our choice, for 10 MB over a slow line. */
const PREPARE_WITHIN_MS = 25_000

/** For whoever sends by this pacer. */
export type AnswerMediaMaker = (
  pacer: Pacer,
) => (account: string, outbox: Outbox, log?: Logger) => AnswerMedia

/** Made once: what it allows at once, it allows the process. */
export function createAnswerMediaMaker(parts: AnswerMediaParts): AnswerMediaMaker {
  const { assistant } = parts
  const gate = createGate(FETCHED_AT_ONCE)
  return (pacer) =>
    (account, outbox, log = parts.log) => {
      const { limits } = outbox
      const prepare = outbox.prepareImage?.bind(outbox)
      const storedFile = assistant.storedFile?.bind(assistant)
      const plan = { account, limits, kind: 'file', urgency: 'answer', repeatable: true } as const
      return createAnswerMedia({
        ...parts,
        log,
        gate,
        ...(limits.files === undefined || !outbox.sendFiles ? {} : { limits: limits.files }),
        ...(prepare === undefined
          ? {}
          : {
              prepare: (file, signal) =>
                pacer.call(
                  { ...plan, deadlineMs: PREPARE_WITHIN_MS },
                  (callSignal) => prepare(file, callSignal),
                  signal,
                ),
            }),
        ...(storedFile === undefined ? {} : { storedFile }),
      })
    }
}
