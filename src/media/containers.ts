// Which of the formats that share a container is this? By its content where the beginning tells, else as it is called.

export interface Declared {
  /** Ending of the name, lower case; '' for none. */
  readonly ending: string
  readonly mimeType: string
}

/**
 * `extension`: the container, as it was recognised; `seen`: its media type. Answers with the extension to go by.
 * A name is believed only about what the content may be.
 */
export function narrow(extension: string, seen: string, head: Uint8Array, declared: Declared): string {
  const { ending } = declared
  switch (extension) {
    case 'zip':
      return ZIP_BASED.has(ending) ? ending : 'zip'
    case 'jar':
      return JAR_BASED.has(ending) ? ending : 'jar'
    case 'pages':
      // Numbers and Keynote look the same until far behind the beginning.
      return IWORK.has(ending) ? ending : 'pages'
    case 'cfb':
      return oleKindOf(head) ?? (OLE_BASED.has(ending) ? ending : 'cfb')
    case 'asf':
      if (seen.startsWith('audio/')) return 'wma'
      if (seen.startsWith('video/')) return 'wmv'
      return ending === 'wma' || ending === 'wmv' ? ending : 'asf'
    case 'mp4':
      if (ending === 'm4a' || ending === 'm4b' || declared.mimeType.startsWith('audio/')) return 'm4a'
      return ending === 'm4v' ? 'm4v' : 'mp4'
    case 'rm':
      return ending === 'rmvb' ? 'rmvb' : 'rm'
    case 'ebml':
      return ending === 'webm' ? 'webm' : 'mkv'
    default:
      return extension
  }
}

const ZIP_BASED: ReadonlySet<string> = new Set(
  `docx docm dotx xlsx xlsm xltx xlsb pptx pptm potx ppsx numbers pages key odt ods odp odg epub jar apk war aar xpi
  vsdx`.split(/\s+/),
)
const JAR_BASED: ReadonlySet<string> = new Set(['apk', 'war', 'aar', 'xpi'])
const IWORK: ReadonlySet<string> = new Set(['pages', 'numbers', 'key'])
const OLE_BASED: ReadonlySet<string> = new Set('doc dot xls xlt ppt pps pot msg vsd pub msi'.split(' '))

/** Names of streams in the directory of a compound file, in UTF-16. [MS-DOC] 2.1, [MS-XLS] 2.1, [MS-PPT] 2.1. */
function oleKindOf(head: Uint8Array): string | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  return OLE_STREAMS.find(([name]) => bytes.includes(name, 0, 'utf16le'))?.[1]
}
const OLE_STREAMS: readonly (readonly [string, string])[] = [
  ['WordDocument', 'doc'],
  ['PowerPoint Document', 'ppt'],
  ['Workbook', 'xls'],
]

/** What the detection gives up on when its beginning alone is there, or does not know. Strong signatures only. */
export function signatureOf(head: Uint8Array): string | undefined {
  return SIGNATURES.find(([, at, bytes]) => bytes.every((byte, i) => head[at + i] === byte))?.[0]
}

const ascii = (text: string): readonly number[] => [...Buffer.from(text, 'latin1')]
const SIGNATURES: readonly (readonly [extension: string, at: number, bytes: readonly number[]])[] = [
  ['png', 0, ascii('\x89PNG\r\n\x1a\n')],
  ['jpg', 0, [0xff, 0xd8, 0xff]],
  ['gif', 0, ascii('GIF89a')],
  ['gif', 0, ascii('GIF87a')],
  ['tif', 0, ascii('II*\0')],
  ['tif', 0, ascii('MM\0*')],
  ['zip', 0, ascii('PK\x03\x04')],
  ['gz', 0, [0x1f, 0x8b, 0x08]],
  ['ogg', 0, ascii('OggS\0')],
  ['ebml', 0, [0x1a, 0x45, 0xdf, 0xa3]],
  ['mp4', 4, ascii('ftyp')],
  ['mp3', 0, ascii('ID3\x02')],
  ['mp3', 0, ascii('ID3\x03')],
  ['mp3', 0, ascii('ID3\x04')],
  ['asf', 0, [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11]],
  // Kodak's image packs. https://www.loc.gov/preservation/digital/formats/fdd/fdd000211.shtml
  ['pcd', 2_048, ascii('PCD_IPI')],
  ['pcd', 0, ascii('PCD_OPA')],
  ['rm', 0, ascii('.RMF')],
]
