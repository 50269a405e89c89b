// How does a voice message reach a place? Made, then sent as one message of its own.

import { createHash } from 'node:crypto'
import { AssistantError, PlatformError } from '../contract/errors.ts'
import type { ReplyTarget } from '../contract/event.ts'
import type { OutgoingFile } from '../contract/platform.ts'
import type { VoiceSettings } from '../contract/policy.ts'
import { sendMedia } from '../reply/send-media.ts'
import type { BridgeWorld } from './world.ts'

interface To {
  /** Told once under this id, where the platform can tell. */
  readonly id: string
  readonly replyTarget: ReplyTarget
}

/** False where nothing could be said. Rejects when the signal aborts. */
export async function speakTo(
  to: To,
  markdown: string,
  { voice, speed }: VoiceSettings,
  world: BridgeWorld,
  signal: AbortSignal,
): Promise<boolean> {
  if (voice === undefined) return false
  return await send(to, world, signal, () =>
    world.speaker.speak(markdown, { voice, ...(speed === undefined ? {} : { speed }) }, signal),
  )
}

export async function soundTo(
  to: To,
  pieces: readonly Uint8Array[],
  world: BridgeWorld,
  signal: AbortSignal,
): Promise<boolean> {
  return await send(to, world, signal, () => world.speaker.ownSound(pieces, signal))
}

async function send(
  { id, replyTarget }: To,
  world: BridgeWorld,
  signal: AbortSignal,
  make: () => Promise<OutgoingFile | undefined>,
): Promise<boolean> {
  const { platforms, pacer, clock, log } = world
  const { account } = replyTarget
  try {
    const outbox = platforms.get(account)?.outboxFor(replyTarget)
    if (!outbox?.sendFiles) return false
    const file = await make()
    if (!file) return false
    const key = createHash('sha256').update(id).digest('hex').slice(0, 20)
    const place = { account, outbox, pacer, clock, signal }
    const refused = await sendMedia(place, [{ at: 0, file }], { key, controls: [], maybePosted: false })
    return refused.length === 0
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof AssistantError) && !(error instanceof PlatformError)) throw error
    log.warn({ account }, 'a voice message could not be sent', error)
    return false
  }
}
