// Under which name does Coze take a file? It judges by the ending, so the ending must be one of its own, and true.

/** A file as the bridge knows it. `extension`: what its content says it is, as `photo.png` may be `webp`. */
export interface NamedFile {
  readonly name: string
  readonly extension?: string
}

/** The name to upload under; undefined: Coze takes no such file. Coze docs: upload files. */
export function uploadNameFor(file: NamedFile): string | undefined {
  return nameAmong(UPLOADS, file)
}

/** The same for what is to be heard. Coze docs: audio transcriptions. */
export function heardNameFor(file: NamedFile): string | undefined {
  return nameAmong(HEARD, file)
}

/**
 * Coze docs: upload files. Documents, code, pictures, sound, films, archives; no other text. Also for Coze Studio, whose
 * docs name no list.
 */
const UPLOADS: ReadonlySet<string> = new Set(
  `doc docx xls xlsx ppt pptx pdf numbers csv cpp py java c
  jpg jpg2 png gif webp heic heif bmp pcd tiff
  wav mp3 flac m4a aac ogg wma midi
  mp4 avi mov 3gp 3gpp flv webm wmv rmvb m4v mkv
  rar zip 7z gz gzip bz2`.split(/\s+/),
)
/**
 * The first five are taken by every model, the others by the large one. Opus goes as `ogg`, in which it comes.
 * Coze docs: audio transcriptions.
 */
const HEARD: ReadonlySet<string> = new Set('ogg mp3 wav m4a mp4 pcm raw spx aac amr'.split(' '))

/** The documented ending for others that mean the same. */
const ALIASES: Readonly<Record<string, string>> = {
  jpeg: 'jpg',
  jpe: 'jpg',
  jfif: 'jpg',
  pjpeg: 'jpg',
  apng: 'png',
  dib: 'bmp',
  tif: 'tiff',
  heics: 'heic',
  heifs: 'heif',
  jp2: 'jpg2',
  j2k: 'jpg2',
  jpf: 'jpg2',
  jpx: 'jpg2',
  jpm: 'jpg2',
  j2c: 'jpg2',
  mid: 'midi',
  kar: 'midi',
  oga: 'ogg',
  opus: 'ogg',
  spx: 'ogg',
  wave: 'wav',
  m4b: 'm4a',
  adts: 'aac',
  qt: 'mov',
  rm: 'rmvb',
  cc: 'cpp',
  cxx: 'cpp',
  tgz: 'gz',
  tbz2: 'bz2',
}

/** Endings that may stand on the same content: what is called by one and looks like another is no lie. */
const KIN: readonly ReadonlySet<string>[] = [
  new Set(['mp4', 'm4v', 'm4a', 'mov', '3gp', '3gpp', '3g2']),
  new Set(['heic', 'heif']),
  new Set(['gz', 'gzip']),
  new Set(['ogg', 'opus', 'spx']),
  new Set(['wma', 'wmv', 'asf']),
  new Set(['mkv', 'webm']),
  new Set(['mp3', 'mp2', 'mp1']),
]
/** They are zip archives, and may be called so. */
const ZIPPED: ReadonlySet<string> = new Set(
  'zip docx docm xlsx xlsm pptx pptm numbers pages key odt ods odp epub jar apk'.split(' '),
)
/** Texts look alike: of one it can only be said that it is one. */
const CODE: ReadonlySet<string> = new Set(['csv', 'cpp', 'py', 'java', 'c'])

function nameAmong(taken: ReadonlySet<string>, { name, extension }: NamedFile): string | undefined {
  const ending = ENDING.exec(name)?.[1]?.toLowerCase() ?? ''
  const called = documented(taken, ending)
  const content = extension?.toLowerCase()
  if (content === undefined || content === '') return called === undefined ? undefined : renamed(name, called)
  const is = documented(taken, content)
  if (called !== undefined && isTrue(ending, called, content, is)) return renamed(name, called)
  return is === undefined ? undefined : renamed(name, is)
}

function documented(taken: ReadonlySet<string>, ending: string): string | undefined {
  if (taken.has(ending)) return ending
  const alias = Object.hasOwn(ALIASES, ending) ? ALIASES[ending] : undefined
  return alias !== undefined && taken.has(alias) ? alias : undefined
}

function isTrue(ending: string, called: string, content: string, is: string | undefined): boolean {
  if (content === ending || content === called || is === called) return true
  if (called === 'zip') return ZIPPED.has(content)
  if (CODE.has(called)) return false
  return KIN.some((kin) => kin.has(called) && (kin.has(content) || (is !== undefined && kin.has(is))))
}

/** Letters and digits behind the last dot, one of them a letter. */
const ENDING = /\.((?=[a-z0-9]*[a-z])[a-z0-9]{1,10})$/i

function renamed(name: string, ending: string): string {
  return ENDING.exec(name)?.[1]?.toLowerCase() === ending ? name : `${name.replace(ENDING, '')}.${ending}`
}
