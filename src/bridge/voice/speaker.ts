// How is a reply read aloud, and how does an agent's own sound become a file for people?

import type { Assistant } from '../../contract/assistant.ts'
import { AssistantError } from '../../contract/errors.ts'
import type { OutgoingFile } from '../../contract/platform.ts'
import type { Clock, Logger } from '../../contract/runtime.ts'
import { parse } from '../../markdown/parse.ts'
import type { Ffmpeg } from '../../media/ffmpeg.ts'
import { toSpeech } from '../../media/read-aloud.ts'
import { filesOf, toVoice } from '../../media/sound.ts'
import type { Sound } from '../../media/sound.ts'
import { createGate } from '../gate.ts'

export interface Speaker {
  /**
   * Reads Markdown aloud. undefined: there is nothing to say (only code, say), or the assistant has no voice. Rejects with
   * `AssistantError` when a piece was not spoken after all tries or too many replies wait, or with the signal's reason.
   */
  speak(
    markdown: string,
    how: { readonly voice: string; readonly speed?: number },
    signal: AbortSignal,
  ): Promise<OutgoingFile | undefined>
  /** The pieces of a reply's `audio` events, in order, cut anywhere. undefined: there is nothing to be heard. */
  ownSound(pieces: readonly Uint8Array[], signal: AbortSignal): Promise<OutgoingFile | undefined>
}

/** Made once, for all turns: what it allows at once, it allows the process. */
export function createSpeaker({
  assistant,
  ffmpeg,
  clock,
  log,
}: {
  readonly assistant: Pick<Assistant, 'speak' | 'speech'>
  readonly ffmpeg?: Ffmpeg
  readonly clock: Clock
  readonly log: Logger
}): Speaker {
  const gate = createGate(AT_ONCE, { waiting: MAX_WAITING, tooMany })
  const tools = { log, ...(ffmpeg === undefined ? {} : { ffmpeg }) }

  async function spoken(
    text: string,
    how: { readonly voice: string; readonly speed?: number },
    signal: AbortSignal,
  ): Promise<{ readonly bytes: Uint8Array; readonly mimeType: string } | undefined> {
    for (let tries = 1; ; tries++) {
      try {
        return await assistant.speak?.({ text, ...how }, signal)
      } catch (error) {
        signal.throwIfAborted()
        const pauseMs = pauseAfter(error, tries)
        if (pauseMs === undefined) throw error
        log.info({ tries, pauseMs }, 'a piece of a reply was not spoken: once more')
        await clock.sleep(pauseMs, signal)
      }
    }
  }

  return {
    async speak(markdown, how, signal) {
      const { speech } = assistant
      if (assistant.speak === undefined || speech === undefined) return undefined
      const texts = toSpeech(parse(markdown), { maxBytes: speech.maxSpokenBytes, maxPieces: MAX_PIECES })
      if (texts.length === 0) return undefined
      return gate(signal, async () => {
        const pieces: Uint8Array[] = []
        let mimeType: string | undefined
        for (const text of texts) {
          const piece = await spoken(text, how, signal)
          if (piece === undefined) return undefined
          pieces.push(piece.bytes)
          mimeType ??= piece.mimeType
        }
        return toFile(await toVoice(pieces, mimeType, tools, signal))
      })
    },

    ownSound(pieces, signal) {
      return gate(signal, async () => toFile(await toVoice(filesOf(pieces), undefined, tools, signal)))
    },
  }
}

/** Each holds a reply's sound in memory, and maybe an ffmpeg. Our choice. */
const AT_ONCE = 3
const MAX_WAITING = 200
function tooMany(): AssistantError {
  return new AssistantError({
    kind: 'rate-limited',
    detail: `speech: more than ${MAX_WAITING} replies wait to be spoken`,
    outcome: 'not-sent',
  })
}

/** At 1024 bytes each: about ten minutes of speech, and eight calls that cost money. */
const MAX_PIECES = 8

/** Tried again so often, after these pauses, or what the assistant asks for up to the longest. */
const PAUSES_MS = [1_000, 4_000]
const LONGEST_PAUSE_MS = 30_000

/** undefined: trying again is of no use. */
function pauseAfter(error: unknown, tries: number): number | undefined {
  const pauseMs = PAUSES_MS[tries - 1]
  if (!(error instanceof AssistantError) || pauseMs === undefined) return undefined
  const { kind, retryAfterMs = pauseMs } = error.failure
  if (kind !== 'rate-limited' && kind !== 'unavailable') return undefined
  return Math.min(LONGEST_PAUSE_MS, Math.max(pauseMs, retryAfterMs))
}

function toFile(sound: Sound | undefined): OutgoingFile | undefined {
  if (sound === undefined) return undefined
  const { bytes, mimeType, extension, durationMs, loudness, isVoice } = sound
  return {
    kind: isVoice ? 'voice' : 'audio',
    name: `reply.${extension}`,
    mimeType,
    sizeBytes: bytes.length,
    open: () => once(bytes),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(loudness === undefined ? {} : { loudness }),
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
