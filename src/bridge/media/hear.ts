// What is said in a voice message?

import type { Assistant } from '../../contract/assistant.ts'
import { AssistantError } from '../../contract/errors.ts'
import type { TakenFile } from '../../contract/event.ts'
import type { AttachmentStream } from '../../contract/platform.ts'
import { withExtension } from '../../media/names.ts'
import type { FileNotices } from './notices.ts'
import { retryPauseMs } from './refusals.ts'
import type { Progress } from './progress.ts'

/** Undefined: nobody here listens; it is passed on as the file it is. The stream is then untouched. Rejects with what is worth trying again, and where listening is not supported. */
export async function hear(
  audio: AttachmentStream & { readonly name: string; readonly extension?: string },
  assistant: Assistant,
  notices: FileNotices,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<TakenFile | undefined> {
  const { transcribe, speech } = assistant
  if (!transcribe || !speech) return undefined
  const { sizeBytes } = audio
  if (sizeBytes > speech.maxHeardBytes) return notices.voiceTooLong(speech.maxHeardBytes)
  const name = speech.heardNameFor(audio) ?? withExtension(audio.name, 'ogg')
  onProgress({ doing: 'hearing', sentBytes: 0, totalBytes: sizeBytes })
  try {
    const { text } = await transcribe.call(assistant, { ...audio, name }, signal)
    return text.trim() === '' ? notices.silent() : { as: 'words', text: text.trim() }
  } catch (error) {
    signal.throwIfAborted()
    const isOurs = error instanceof AssistantError && error.failure.kind !== 'unsupported'
    if (!isOurs || retryPauseMs(error, 0) !== undefined) throw error
    return notices.notHeard()
  }
}
