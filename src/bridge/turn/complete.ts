// What a question only refers to (a quote, a merged forward) is fetched before it is asked: best effort, in bounded time.

import type { Attachment, ChatEvent } from '../../contract/event.ts'
import type { Notice } from '../../contract/notice.ts'
import type { Route } from '../../contract/policy.ts'
import type { Logger } from '../../contract/runtime.ts'
import type { AskedMessage } from '../../contract/turn.ts'
import { questionFiles, questionText } from '../question-text.ts'
import type { Keeper } from './keep.ts'
import type { BridgeWorld, LiveTurn } from '../world.ts'

/** People wait for it. */
const COMPLETE_WITHIN_MS = 8_000

/** Once a turn. Resolves with what to tell the person when nothing can be asked even then; rejects only when `signal` aborts. */
export async function readReferences(
  turn: LiveTurn,
  route: Route | undefined,
  tools: { readonly world: BridgeWorld; readonly log: Logger; readonly saveAsked: Keeper['saveAsked'] },
  signal: AbortSignal,
): Promise<Notice | undefined> {
  if (turn.record.asked.incomplete === undefined) return undefined
  const { text, attachments, ...rest } = await completed(turn.record.asked, tools.world, tools.log, signal)
  await tools.saveAsked({ ...rest, text, attachments })
  if (text.trim() === '' && attachments.length === 0) return { key: 'input.unreadable' }
  const limit = route?.maxInputChars ?? Infinity
  return text.length > limit ? { key: 'input.tooLong', params: { limit } } : undefined
}

/** The question with what could be fetched. */
async function completed(
  asked: AskedMessage,
  world: BridgeWorld,
  log: Logger,
  signal: AbortSignal,
): Promise<AskedMessage> {
  const { incomplete: event, ...rest } = asked
  const platform = world.platforms.get(asked.address.account)
  if (event === undefined || platform?.complete === undefined) return rest
  const complete = platform.complete.bind(platform)
  const over = new AbortController()
  try {
    const within = AbortSignal.any([signal, over.signal])
    const known = await Promise.race([complete(event, within), lateness(world, within)])
    if (known.kind !== 'message') return rest
    return {
      ...rest,
      text: questionText(known),
      attachments: withKnown(questionFiles(known), rest.attachments),
    }
  } catch (error) {
    signal.throwIfAborted()
    log.warn({}, 'what the message refers to could not be read: asking without it', error)
    return rest
  } finally {
    over.abort()
  }
}

/** Rejects when it took too long, or when nobody waits any more. */
async function lateness({ clock }: BridgeWorld, within: AbortSignal): Promise<ChatEvent> {
  await clock.sleep(COMPLETE_WITHIN_MS, within)
  throw new Error(`not complete within ${COMPLETE_WITHIN_MS} ms`)
}

/** What was taken meanwhile stays taken. */
function withKnown(files: readonly Attachment[], known: readonly Attachment[]): readonly Attachment[] {
  const taken = new Map(known.map((file) => [JSON.stringify(file.ref), file]))
  return files.map((file) => taken.get(JSON.stringify(file.ref)) ?? file)
}
