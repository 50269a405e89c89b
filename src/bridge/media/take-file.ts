// What becomes of one attachment? A file at the assistant, words in the question, or a sentence on why it is left out.
//
// Its bytes go through in one stream, hashed on the way. What is known already (told by size and beginning, made sure of by
// the whole hash) is not sent a second time.

import { createHash, type Hash } from 'node:crypto'
import type { Assistant, FileIntake } from '../../contract/assistant.ts'
import { AssistantError } from '../../contract/errors.ts'
import type { Attachment, TakenFile } from '../../contract/event.ts'
import type { AttachmentStream, Platform } from '../../contract/platform.ts'
import type { MediaSettings, VoiceSettings } from '../../contract/policy.ts'
import type { Clock, Logger, Metrics } from '../../contract/runtime.ts'
import { peek, type Peeked } from '../../media/head.ts'
import { lookAt } from '../../media/look.ts'
import { cleanFileName, endingOf } from '../../media/names.ts'
import { decodeText, isTextFile } from '../../media/text-file.ts'
import type { Files, Fingerprint } from '../../store/files.ts'
import { hear } from './hear.ts'
import { fileNotices, type FileNotices } from './notices.ts'
import type { Progress } from './progress.ts'
import { leftOutBy, retryPauseMs } from './refusals.ts'
import type { Sharing } from './sharing.ts'

export interface TakeHow {
  /** `parameter`: of a workflow, which takes files and nothing else. */
  readonly use: 'question' | 'parameter'
  readonly media: MediaSettings
  readonly voice: VoiceSettings
  /** Whether the agent takes files at all. */
  readonly takesFiles: boolean
  /** What people call it, in the person's language. */
  readonly name: string
}

export interface TakeWorld {
  readonly assistant: Assistant
  readonly files: Files
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly sharing: Sharing
}

/** Rejects only when the signal aborts. */
export async function takeFile(
  file: Attachment,
  platform: Pick<Platform, 'openAttachment'>,
  how: TakeHow,
  world: TakeWorld,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<TakenFile> {
  const notices = fileNotices(how.name)
  let now = how
  const opened = { sizeBytes: file.sizeBytes }
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await takeOnce(file, platform, now, world, notices, onProgress, opened, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (isHeard(file, now) && error instanceof AssistantError && error.failure.kind === 'unsupported') {
        // Nobody listens there (Coze Studio): then it is a file like any other.
        now = { ...now, voice: { ...now.voice, input: 'file' } }
        continue
      }
      const pauseMs = retryPauseMs(error, attempt)
      if (pauseMs === undefined) {
        world.log.warn({ kind: file.kind, attempt }, 'a file could not be passed on', error)
        const facts = { ending: endingOf(file.name ?? ''), sizeBytes: opened.sizeBytes }
        return leftOutBy(error, notices, facts)
      }
      await world.clock.sleep(pauseMs, signal)
    }
  }
}

async function takeOnce(
  file: Attachment,
  platform: Pick<Platform, 'openAttachment'>,
  how: TakeHow,
  world: TakeWorld,
  notices: FileNotices,
  onProgress: (progress: Progress) => void,
  seen: { sizeBytes: number | undefined },
  signal: AbortSignal,
): Promise<TakenFile> {
  const { files: intake } = world.assistant
  const limit = Math.min(how.media.maxFileBytes, intake?.maxBytes ?? Infinity)
  if ((file.sizeBytes ?? 0) > limit) return notices.tooLarge(file.sizeBytes ?? 0, limit)
  const opened = await platform.openAttachment(file, signal)
  seen.sizeBytes = opened.sizeBytes
  const peeked = await peek(opened.stream)
  try {
    return await takePeeked({ ...opened, ...peeked, file }, how, notices, platform, world, onProgress, signal)
  } catch (error) {
    // What never began to be read would stay open.
    await peeked.discard().catch(() => undefined)
    throw error
  }
}

async function takePeeked(
  opened: AttachmentStream & Peeked & { readonly file: Attachment },
  how: TakeHow,
  notices: FileNotices,
  platform: Pick<Platform, 'openAttachment'>,
  world: TakeWorld,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<TakenFile> {
  const { file, sizeBytes, head, isWhole, stream, discard } = opened
  const { files: intake } = world.assistant
  const limit = Math.min(how.media.maxFileBytes, intake?.maxBytes ?? Infinity)
  if (sizeBytes === 0 || head.length === 0) return notices.empty()
  if (sizeBytes > limit) {
    await discard()
    return notices.tooLarge(sizeBytes, limit)
  }
  const mimeType = opened.mimeType ?? file.mimeType
  const declared = { ...nameIn(opened, file), ...(mimeType === undefined ? {} : { mimeType }) }
  const look = await lookAt(head, declared)
  const name = cleanFileName(declared.name, `${file.kind}.${look.extension ?? 'bin'}`)
  const known = { name, ...(look.extension === undefined ? {} : { extension: look.extension }) }
  const body = { stream, sizeBytes, mimeType: look.mimeType ?? mimeType ?? 'application/octet-stream' }

  if (isHeard(file, how)) {
    const heard = await hear({ ...known, ...body }, world.assistant, notices, onProgress, signal)
    if (heard) return heard
  }
  const isText = file.kind === 'file' && isTextFile(look, name)
  if (how.use === 'question' && isText && sizeBytes <= how.media.inlineTextBytes) {
    const text = decodeText(await whole(stream, sizeBytes))
    return text === undefined
      ? notices.wrongType(look.extension ?? endingOf(name))
      : { as: 'text', name, text }
  }
  const uploadName = how.takesFiles ? intake?.nameFor(known) : undefined
  if (uploadName === undefined || !intake) {
    await discard()
    if (isText && how.use === 'question' && how.media.inlineTextBytes > 0) {
      return notices.textTooLong(how.media.inlineTextBytes)
    }
    return how.takesFiles && intake ? notices.wrongType(look.extension ?? endingOf(name)) : notices.noFiles()
  }
  const print: Fingerprint = { sizeBytes, headSha256: createHash('sha256').update(head).digest('hex') }
  const fileId = await world.sharing.oneByOne(print, signal, async () => {
    const before = await world.files.get(print)
    if (before && isWhole) {
      await discard()
      return before.fileId
    }
    if (!before) return await send({ ...body, name: uploadName }, print, world, intake, onProgress, signal)
    // The same beginning: read to the end, and sent only if it is another one after all.
    if ((await hashOf(stream)) === before.sha256) return before.fileId
    const again = await platform.openAttachment(file, signal)
    const fresh = { ...body, stream: again.stream, sizeBytes: again.sizeBytes, name: uploadName }
    return await send(fresh, print, world, intake, onProgress, signal)
  })
  const kind = look.family === 'image' ? 'image' : isSound(file, how) ? 'audio' : 'file'
  return { as: 'file', kind, fileId }
}

async function send(
  file: AttachmentStream,
  print: Fingerprint,
  { assistant, files, metrics, log }: TakeWorld,
  { lastMs }: FileIntake,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<string> {
  if (!assistant.upload) throw new Error('the assistant takes files and has no upload')
  const hash = createHash('sha256')
  const stream = counted(file.stream, hash, (sentBytes) =>
    onProgress({ doing: 'uploading', sentBytes, totalBytes: file.sizeBytes }),
  )
  const { fileId } = await assistant.upload({ ...file, stream }, signal)
  metrics.count('bridge_uploaded_bytes_total', {}, file.sizeBytes)
  const known = { fileId, sha256: hash.digest('hex') }
  await files.put(print, known, lastMs).catch((error: unknown) => {
    log.warn({}, 'an upload could not be remembered: it will be made again', error)
  })
  return fileId
}

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  hash: Hash,
  onSent: (sentBytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let sentBytes = 0
  for await (const bytes of stream) {
    hash.update(bytes)
    yield bytes
    sentBytes += bytes.byteLength
    onSent(sentBytes)
  }
}

async function hashOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of stream) hash.update(bytes)
  return hash.digest('hex')
}

/** Small by what was asked of it; a stream that goes on and on is cut. */
async function whole(stream: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const bytes of stream) {
    pieces.push(bytes)
    length += bytes.byteLength
    if (length >= sizeBytes) break
  }
  return Buffer.concat(pieces).subarray(0, sizeBytes)
}

function nameIn(opened: AttachmentStream, file: Attachment): { readonly name?: string } {
  const name = file.name ?? opened.name
  return name === undefined ? {} : { name }
}

function isHeard({ kind }: Attachment, { use, voice }: TakeHow): boolean {
  return use === 'question' && kind === 'voice' && voice.input === 'transcribe'
}

function isSound({ kind }: Attachment, { voice }: TakeHow): boolean {
  return kind === 'voice' && voice.input === 'audio'
}
