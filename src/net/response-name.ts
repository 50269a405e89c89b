// What does an answer's head say about the file's name and type? Claims of a stranger, only read here, not believed.

/** `filename*` before `filename` (RFC 6266), else the last piece of the path. Undefined: none of them says anything. */
export function nameOf(disposition: string | string[] | undefined, url: URL): string | undefined {
  const header = (Array.isArray(disposition) ? disposition[0] : disposition) ?? ''
  // What stands behind `~` says how a picture is to be scaled: `a.png~tplv-abc-image.image`.
  const last = (url.pathname.split('/').at(-1) ?? '').replace(/~.*$/, '')
  return [extendedName(header), plainName(header), decoded(last)]
    .map((name) => name?.trim().slice(0, MAX_CHARS))
    .find((name) => name !== undefined && name !== '')
}

/** The header names the file. */
export function isNamed(disposition: string | string[] | undefined): boolean {
  const header = (Array.isArray(disposition) ? disposition[0] : disposition) ?? ''
  return (extendedName(header) ?? plainName(header) ?? '').trim() !== ''
}

/** Lower case, without parameters. */
export function typeOf(contentType: string | string[] | undefined): string | undefined {
  const header = (Array.isArray(contentType) ? contentType[0] : contentType) ?? ''
  const type = header.split(';')[0]?.trim().toLowerCase() ?? ''
  return /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : undefined
}

/** Before it is cleaned and cut for good. */
const MAX_CHARS = 500

function extendedName(header: string): string | undefined {
  const [, charset = '', value = ''] = /;\s*filename\*\s*=\s*([\w-]+)'[^']*'([^\s;]+)/i.exec(header) ?? []
  return charset.toLowerCase() === 'utf-8' ? decoded(value) : undefined
}

function plainName(header: string): string | undefined {
  const quoted = /;\s*filename\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(header)?.[1]?.replace(/\\(.)/g, '$1')
  const bare = /;\s*filename\s*=\s*([^\s;"]+)/i.exec(header)?.[1]
  const name = quoted ?? bare
  return name === undefined ? undefined : decoded(asUtf8(name))
}

/** Headers come as Latin-1; many servers write UTF-8 into them all the same. */
function asUtf8(text: string): string {
  if (/[\u0100-\uffff]/.test(text)) return text
  const bytes = Buffer.from(text, 'latin1')
  const utf8 = bytes.toString('utf8')
  return utf8.includes('\uFFFD') ? text : utf8
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
