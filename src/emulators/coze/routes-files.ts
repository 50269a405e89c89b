// How are files, speech and voices handled?
import { authorize } from './auth.ts'
import { answer, bodyOf, pageOf, queryNumber, queryText } from './call.ts'
import type { Call, Reply, Route } from './call.ts'
import { textOf } from './json.ts'
import type { UploadedFile } from './multipart.ts'
import { badParameter, noSuch, Refusal } from './refusal.ts'
import type { FileRecord } from './records.ts'
import { ownFile } from './workflow-files.ts'
import type { World } from './world.ts'

export const fileRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/files/upload', studio: true, handle: upload },
  { method: 'GET', path: '/v1/files/retrieve', studio: false, handle: retrieve },
  { method: 'POST', path: '/v1/audio/transcriptions', studio: false, handle: transcribe },
  { method: 'POST', path: '/v1/audio/speech', studio: false, handle: speak },
  { method: 'GET', path: '/v1/audio/voices', studio: false, handle: listVoices },
]

/** Coze docs: upload files. Text, Markdown, JSON and HTML are not among them. */
const knownTypes = new Set(
  (
    'doc docx xls xlsx ppt pptx pdf numbers csv cpp py java c jpg jpg2 jpeg png gif webp heic heif bmp pcd tiff ' +
    'wav mp3 flac m4a aac ogg wma midi mp4 avi mov 3gp 3gpp flv webm wmv rmvb m4v mkv rar zip 7z gz gzip bz2'
  ).split(' '),
)
/** Coze docs: upload files. */
const MAX_FILE_BYTES = 512 * 1024 * 1024
/** Coze docs: audio transcriptions. */
const MAX_AUDIO_BYTES = 10 * 1024 * 1024
/** Coze docs: text to speech, in bytes of UTF-8. */
const MAX_SPEECH_BYTES = 1024

function upload(world: World, call: Call): Reply {
  const token = authorize(world, call, 'other', 'uploadFile')
  const given = oneFile(call)
  if (given.sizeBytes > MAX_FILE_BYTES) throw new Refusal(4302, 'The file is larger than 512 MB.')
  const extension = given.name.split('.').at(-1)?.toLowerCase() ?? ''
  if (!knownTypes.has(extension)) throw new Refusal(4303, 'The file type is not supported.')
  const file: FileRecord = {
    id: world.ids.next(),
    owner: token.owner,
    name: given.name,
    mimeType: given.mimeType,
    sizeBytes: given.sizeBytes,
    sha256: given.sha256,
    createdAtS: world.nowS(),
    bytes: given.bytes,
  }
  world.store.files.set(file.id, file)
  return answer(world.shapes.file(file))
}

function retrieve(world: World, call: Call): Reply {
  const token = authorize(world, call, 'other', 'retrieveFile')
  const id = queryText(call, 'file_id')
  const file = ownFile(world, token.owner, id)
  if (file === undefined) throw noSuch('file_id', id)
  return answer(world.shapes.file(file))
}

/** What is "heard" tells name and size, so that a test can see which file arrived. */
function transcribe(world: World, call: Call): Reply {
  authorize(world, call, 'other', 'createTranscription')
  const file = oneFile(call)
  if (file.sizeBytes > MAX_AUDIO_BYTES) throw new Refusal(4302, 'The audio is larger than 10 MB.')
  return answer({ text: `heard ${file.name} of ${file.sizeBytes} bytes` })
}

function speak(world: World, call: Call): Reply {
  authorize(world, call, 'other', 'createSpeech')
  const body = bodyOf(call)
  const input = textOf(body['input'])
  if (input === undefined || Buffer.byteLength(input) > MAX_SPEECH_BYTES)
    throw badParameter('input must be 1 to 1024 bytes')
  if (textOf(body['voice_id']) === undefined) throw badParameter('voice_id is required')
  const format = body['response_format'] ?? 'mp3'
  const contentTypes: Readonly<Record<string, string>> = {
    mp3: 'audio/mpeg',
    wav: 'audio/wav',
    pcm: 'audio/pcm',
    ogg_opus: 'audio/ogg',
  }
  const contentType = typeof format === 'string' ? contentTypes[format] : undefined
  if (contentType === undefined) throw badParameter('response_format')
  return { kind: 'bytes', contentType, bytes: Buffer.from(`emulated ${JSON.stringify(format)} of: ${input}`) }
}

function listVoices(world: World, call: Call): Reply {
  authorize(world, call, 'other', 'listVoice')
  const voices = [
    voice('7400000000000000100', '爽快思思', 'zh', '中文'),
    voice('7400000000000000101', 'Anna', 'en', 'English'),
  ]
  const page = pageOf(
    voices,
    queryNumber(call, 'page_num', 1, 1000),
    queryNumber(call, 'page_size', 100, 100),
  )
  return answer({ voice_list: page.items, has_more: page.hasMore })
}

function voice(id: string, name: string, languageCode: string, languageName: string): object {
  return {
    voice_id: id,
    name,
    state: 'init',
    model_type: 'big',
    is_system_voice: true,
    language_code: languageCode,
    language_name: languageName,
    preview_text: 'hello',
    preview_audio: '',
    create_time: 1_700_000_000,
    update_time: 1_700_000_000,
    available_training_times: 0,
  }
}

function oneFile(call: Call): UploadedFile {
  const files = call.form?.files.filter((file) => file.field === 'file') ?? []
  const [file] = files
  if (file === undefined || file.sizeBytes === 0) throw new Refusal(4300, 'The file is empty or missing.')
  if (files.length > 1) throw new Refusal(4301, 'Only one file can be uploaded at a time.')
  if (file.name === '') throw new Refusal(4303, 'The file has no name.')
  return file
}
