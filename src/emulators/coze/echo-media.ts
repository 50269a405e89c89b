// What does the echo say about pictures and files, and which does it give back?
import type { QuestionItem } from './records.ts'
import type { ScriptInput, Step } from './script.ts'
import type { ServedFile } from './workflow-script.ts'

/**
 * What came, in one sentence: `I see 2 pictures and 1 file: a.png (image, 123 bytes, sha256 1a2b3c4d), …`; empty where
 * nothing came.
 */
export function seenText(items: readonly QuestionItem[], isChinese: boolean): string {
  if (items.length === 0) return ''
  const words = isChinese ? chinese : english
  const counts = kinds.flatMap((kind) => {
    const count = items.filter(({ type }) => type === kind).length
    return count === 0 ? [] : [words.count(kind, count)]
  })
  return words.sentence(counts, items.map(words.item))
}

/** The pictures that were sent, else one of the echo's own, each at a signed address. */
export function pictureSteps(input: ScriptInput, isChinese: boolean): readonly Step[] {
  const words = isChinese ? chinese : english
  const own: ServedFile = { name: 'colours.png', mimeType: 'image/png', bytes: samplePicture() }
  const sent = sentFiles(input, 'image')
  const pictures = sent.length > 0 ? sent : [own]
  return [
    { say: `${words.look}\n\n` },
    ...pictures.flatMap((picture): Step[] => [{ picture, alt: picture.name }, { say: '\n\n' }]),
    { say: words.after },
  ]
}

/** The files that were sent, else a small table. */
export function fileSteps(input: ScriptInput, isChinese: boolean): readonly Step[] {
  const words = isChinese ? chinese : english
  const bytes = Buffer.from('name,value\ncolours,3\n')
  const own: ServedFile = { name: 'report.csv', mimeType: 'text/csv', bytes }
  const sent = sentFiles(input, 'file')
  const files = sent.length > 0 ? sent : [own]
  return [
    { say: `${words.files}\n\n` },
    ...files.flatMap((file): Step[] => [{ say: '- ' }, { link: file }, { say: '\n' }]),
    { say: `\n${words.after}` },
  ]
}

/** A text, a picture and a file as one object_string. */
export function objectSteps(isChinese: boolean): readonly Step[] {
  const picture: ServedFile = { name: 'colours.png', mimeType: 'image/png', bytes: samplePicture() }
  const table: ServedFile = { name: 'report.csv', mimeType: 'text/csv', bytes: Buffer.from('name,value\n') }
  return [
    {
      objects: [
        { type: 'text', text: (isChinese ? chinese : english).look },
        { type: 'image', file: picture },
        { type: 'file', file: table },
      ],
    },
  ]
}

/** What was sent and is kept (uploads below 8 MB). */
function sentFiles(input: ScriptInput, type: QuestionItem['type']): readonly ServedFile[] {
  return input.files.flatMap((item) => {
    const file = item.type === type ? input.file({ file_id: item.fileId }) : undefined
    const { name = '', mimeType = '', bytes } = file ?? {}
    return bytes === undefined ? [] : [{ name, mimeType, bytes }]
  })
}

const kinds = ['image', 'audio', 'file'] as const
type Kind = (typeof kinds)[number]

interface MediaWords {
  readonly look: string
  readonly files: string
  readonly after: string
  readonly count: (kind: Kind, count: number) => string
  readonly item: (item: QuestionItem) => string
  readonly sentence: (counts: readonly string[], items: readonly string[]) => string
}

const english: MediaWords = {
  look: 'Look at this:',
  files: 'Here you are:',
  after: 'That is all.',
  count(kind, count) {
    const names = { image: 'picture', audio: 'recording', file: 'file' }
    return `${count} ${names[kind]}${count === 1 ? '' : 's'}`
  },
  item({ type, name, fileUrl = '?', sizeBytes, sha256 = '' }) {
    if (name === undefined || sizeBytes === undefined) return `${fileUrl} (${type})`
    return `${name} (${type}, ${sizeBytes} bytes, sha256 ${sha256.slice(0, 8)})`
  },
  sentence(counts, items) {
    const last = counts.at(-1) ?? ''
    const rest = counts.slice(0, -1).join(', ')
    return `I see ${rest === '' ? last : `${rest} and ${last}`}: ${items.join(', ')}.`
  },
}

const chinese: MediaWords = {
  look: '请看：',
  files: '给你：',
  after: '就这些。',
  count(kind, count) {
    const names = { image: '张图片', audio: '段录音', file: '个文件' }
    return `${count} ${names[kind]}`
  },
  item({ type, name, fileUrl = '?', sizeBytes, sha256 = '' }) {
    const kind = { image: '图片', audio: '录音', file: '文件' }[type]
    if (name === undefined || sizeBytes === undefined) return `${fileUrl} （${kind}）`
    return `${name}（${kind}，${sizeBytes} 字节，sha256 ${sha256.slice(0, 8)}）`
  },
  sentence: (counts, items) => `我看到 ${counts.join('和 ')}：${items.join('、')}。`,
}

/** A PNG of 96 × 64 pixels, three colours running into each other. */
function samplePicture(): Buffer {
  return Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAGAAAABACAIAAABqVuVZAAAADnRFWHRDb21tZW50AHNlZWQgMzzcKkQAAAF5SURBVHic7c7F' +
      'UR0AAEVRPg7BNTgEd4eibjm4J8HdnQR3pxocKmD93oKZU8AJ0PYYCAp8+xLtT/qEMzqe9QlndL7oE87oetUnnNH9pk84o+dd' +
      'n3BG74c+4Yy+IH3CGf3qgTkGgvUJZwyG6BPOGArVJ5zxO0yfcMafcH3CGX8j9AlnDEfqE84YidInnDEarU84Y+yHPuGM8Rh9' +
      'whkTsfqEMybj9AlnTMXrE86YTtAnnDGTqE84YzZJn3DGXLI+4Yz5FH3CGQup+oQzFtP0CWcspesTzlj+qU84YyVDn3DGaqY+' +
      '4Yy1LH3CGevZ+oQzNnL0CWds5uoTztjK0yecsZ2vTzhjp0CfcMa/X/qEM/4X6hPO2C3SJ5yxV6xPOGO/RJ9wxkGpPuGMwzJ9' +
      'whlH5fqEM44r9AlnnFTqE844rdInnHFWrU8447xGn3DGRa0+4YzLOn3CGVf1+oQzrhv0CWfcNOoTzrht0ieccdesTzjjvkWf' +
      'cMZDqz5h7BOnX4UB7JYrpwAAAABJRU5ErkJggg==',
    'base64',
  )
}
