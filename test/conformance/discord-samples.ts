// What can be put into a Discord message, form or menu? One of each kind, as long as somebody may make it.
import type { Control, Form, FormField, OutgoingFile } from '../../src/contract/platform.ts'
import type { CommandSpec, OptionSpec } from '../../src/contract/policy.ts'

const LONG = 'Longer than every label Discord shows to people, 字 and 🙂 among it. '.repeat(3)

export const CONTROLS: readonly Control[] = [
  { kind: 'suggestion', token: 'suggestion', label: LONG },
  { kind: 'choice', token: 'choice', label: '' },
  { kind: 'openForm', token: 'openForm', label: 'Form' },
  { kind: 'link', url: 'https://example.com', label: 'Site' },
  { kind: 'stop', token: 'stop', label: 'Stop' },
  { kind: 'again', token: 'again', label: 'Again' },
  { kind: 'thumbs', upToken: 'up', downToken: 'down' },
  { kind: 'reply', placeholder: 'Say it' },
]

const FIELDS: readonly FormField[] = [
  { kind: 'text', name: 'text', label: LONG, required: false, min: 0, max: 9_000 },
  { kind: 'long', name: 'long', label: 'Long', required: true, default: 'given' },
  { kind: 'integer', name: 'integer', label: 'Integer', required: false, min: 1, max: 5 },
  { kind: 'number', name: 'number', label: 'Number', required: true, default: 0.5 },
  { kind: 'boolean', name: 'boolean', label: 'Yes or no', required: false, default: true },
  { kind: 'choice', name: 'choice', label: 'One', required: true, default: 'c1', choices: choices(30) },
  { kind: 'choices', name: 'choices', label: 'Some', required: false, choices: choices(3) },
  { kind: 'file', name: 'file', label: 'File', required: false },
]
/** All kinds of fields; Discord shows five at once. */
export const FORMS: readonly Form[] = [FIELDS.slice(0, 5), FIELDS.slice(5)].map((fields, n) => ({
  token: `form-${n}`,
  title: LONG,
  fields,
  submitLabel: 'Go',
}))

const OPTIONS: readonly OptionSpec[] = [
  option('string', { min: 0, max: 9_000 }),
  option('integer', { min: 1, max: 5, required: true }),
  option('number', { min: 0.5 }),
  option('boolean'),
  option('choice', {
    choices: choices(3).map(({ value, label }) => ({ value, label: { en: label, 'zh-CN': '一个' } })),
  }),
  option('file'),
  option('choice', {
    name: 'many',
    choices: choices(30).map(({ value, label }) => ({ value, label: { en: label, 'zh-CN': '很多' } })),
  }),
]
export const MENU: readonly CommandSpec[] = [
  {
    name: 'help',
    description: { en: 'Help', 'zh-CN': '帮助' },
    options: [],
    where: ['group'],
    does: { kind: 'builtin', builtin: 'help' },
  },
  {
    name: 'summarize',
    description: { en: LONG, 'zh-CN': '总结网页' },
    options: OPTIONS,
    does: { kind: 'workflow', run: { workflow: '7', mode: 'stream' }, onLost: 'ask' },
  },
]

/** One message each: an album, and a file of each other kind. */
export const FILES: readonly (readonly OutgoingFile[])[] = [
  Array.from({ length: 10 }, (_, n) => file('image', `${n}.png`, 'image/png')),
  [file('image', 'cat.webp', 'image/webp')],
  [file('file', 'naïve "q".txt', 'text/plain')],
  [file('audio', 'song.mp3', 'audio/mpeg')],
  [file('video', 'film.mp4', 'video/mp4')],
]
/** Nothing it could take the place of: it begins a message of its own. */
export const VOICES: readonly OutgoingFile[] = [
  { ...file('voice', 'answer.ogg', 'audio/ogg'), durationMs: 1_500, loudness: Array<number>(256).fill(200) },
  { ...file('voice', 'flat.ogg', 'audio/ogg'), durationMs: 10 },
]

function file(kind: OutgoingFile['kind'], name: string, mimeType: string): OutgoingFile {
  return { kind, name, mimeType, sizeBytes: 4, open: fourBytes, caption: LONG.repeat(40) }
}

async function* fourBytes(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('four'))
}

function choices(count: number): readonly { readonly value: string; readonly label: string }[] {
  return Array.from({ length: count }, (_, n) => ({ value: `c${n}`, label: `${n} ${LONG}` }))
}

function option(type: OptionSpec['type'], more: Partial<OptionSpec> = {}): OptionSpec {
  return { name: type, description: { en: LONG, 'zh-CN': '选项' }, type, required: false, ...more }
}
