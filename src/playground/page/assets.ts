// Which files does the page consist of? Those in web/, as a browser takes them, and Preact from its package.
//
// A module is TypeScript, whose types are stripped when it is first asked for, or the JavaScript that a build has made of
// it. Either way it is asked for as `.js`, and a package by a name beside the page.

import { readFile } from 'node:fs/promises'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'
import { light } from './light.ts'

export interface Asset {
  readonly contentType: string
  readonly body: Buffer
}

export interface Assets {
  /** `''` is the page itself; undefined: there is no such file. */
  find(path: string): Promise<Asset | undefined>
}

/** A file's path below web/. Nothing leads out of it. */
const PATH = /^(?:[a-z0-9][a-z0-9-]*\/)*[a-z0-9][a-z0-9-]*\.(?:html|css|svg|png|ico|js)$/
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
}
/** What a browser calls a package, beside the page. */
const PACKAGES: Readonly<Record<string, string>> = {
  preact: 'preact.js',
  'preact/hooks': 'preact-hooks.js',
}

export function createAssets(folder = new URL('./web/', import.meta.url)): Assets {
  const made = new Map<string, Promise<Asset | undefined>>()
  const make = async (path: string): Promise<Asset | undefined> => {
    const ending = path.slice(path.lastIndexOf('.') + 1)
    const contentType = TYPES[ending] ?? 'application/octet-stream'
    const read = ending === 'js' ? scriptAt(path) : readFile(new URL(path, folder))
    const content = await unlessMissing<string | Buffer>(read)
    return content === undefined ? undefined : { contentType, body: Buffer.from(content) }
  }
  const scriptAt = async (path: string): Promise<string> => {
    const name = Object.keys(PACKAGES).find((one) => PACKAGES[one] === path)
    if (name !== undefined) return forBrowser(await readFile(placeOf(name), 'utf8'), path)
    const built = await unlessMissing(readFile(new URL(path, folder), 'utf8'))
    if (built !== undefined) return forBrowser(light(built), path)
    const source = await readFile(new URL(path.replace(/\.js$/, '.ts'), folder), 'utf8')
    return forBrowser(light(withoutTypes(source)), path)
  }
  return {
    find(path) {
      const file = path === '' ? 'index.html' : path
      if (!PATH.test(file)) return Promise.resolve(undefined)
      const known = made.get(file) ?? make(file)
      made.set(file, known)
      // What is not there may be soon, while it is written.
      void known.then(
        (asset) => asset === undefined && made.delete(file),
        () => made.delete(file),
      )
      return known
    },
  }
}

/** Node warns, once, that the function is new: nothing for whoever only wants to see the page. */
function withoutTypes(source: string): string {
  const warn = process.emitWarning
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(source)
  } finally {
    process.emitWarning = warn
  }
}

async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(?:ENOENT|EISDIR|ENOTDIR)$/.test(String(error.code)))
      return undefined
    throw error
  }
}

/** Where Node finds the module of a package. */
function placeOf(name: string): string {
  const place = createRequire(import.meta.url).resolve(name)
  return place.startsWith('file:') ? fileURLToPath(place) : place
}

/** Imports as a browser resolves them; without the address of a map that is not served. */
export function forBrowser(script: string, path: string): string {
  const up = '../'.repeat(path.split('/').length - 1)
  const root = up === '' ? './' : up
  return script
    .replace(/\/\/# sourceMappingURL=\S+\s*$/, '')
    .replace(IMPORTS, (whole, before: string, quote: string, specifier: string) => {
      const packed = PACKAGES[specifier]
      if (packed !== undefined) return `${before}${quote}${root}${packed}${quote}`
      return specifier.startsWith('.')
        ? `${before}${quote}${specifier.replace(/\.ts$/, '.js')}${quote}`
        : whole
    })
}

/** `import … from 'x'`, `export … from 'x'`, `import 'x'`, `import('x')`. */
const IMPORTS = /(\b(?:from|import)\s*\(?\s*)(["'])([^"'\n]+)\2/g
