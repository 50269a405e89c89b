import fc from 'fast-check'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { lookAt } from './look.ts'

const latin = (text: string) => Buffer.from(text, 'latin1')
const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex')
const join = (...parts: readonly (string | Uint8Array)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? latin(part) : part)))
const zeros = (count: number) => Buffer.alloc(count)

/** A zip whose entries are stored as they are. */
function zip(...entries: readonly (readonly [name: string, content: string])[]): Buffer {
  return join(
    ...entries.map(([name, content]) => {
      const head = Buffer.alloc(30)
      head.write('PK\x03\x04', 'latin1')
      head.writeUInt16LE(20, 4)
      head.writeUInt32LE(content.length, 18)
      head.writeUInt32LE(content.length, 22)
      head.writeUInt16LE(name.length, 26)
      return join(head, name, content)
    }),
  )
}
const office = (type: string) =>
  zip([
    '[Content_Types].xml',
    `<Override ContentType="application/vnd.openxmlformats-officedocument.${type}.main+xml"/>`,
  ])
const ole = (stream: string) =>
  join(hex('d0cf11e0a1b11ae1'), zeros(1_016), Buffer.from(stream, 'utf16le'), zeros(64))
const ftyp = (brand: string) => join(hex('00000018'), 'ftyp', brand, zeros(4), brand, 'isom', zeros(8))
const ebml = (type: string) =>
  join(hex('1a45dfa3'), Buffer.from([0x83 + type.length, 0x42, 0x82, 0x80 + type.length]), type, zeros(16))
const ogg = (start: string | Uint8Array) =>
  join('OggS', hex('0002'), zeros(20), hex('0113'), start, zeros(32))
const asf = (type: string) =>
  join(
    hex('3026b2758e66cf11a6d900aa0062ce6c'),
    hex('6600000000000000 01000000 0102'),
    hex('9107dcb7b7a9cf118ee600c00c205365'),
    hex('4e00000000000000'),
    hex(type),
    zeros(38),
  )
const jp2 = (brand: string) =>
  join(hex('0000000c6a5020200d0a870a'), hex('00000014'), 'ftyp', brand, zeros(4), brand)
const riff = (kind: string) => join('RIFF', hex('24000000'), kind, 'fmt ', hex('10000000'), zeros(16))

const PNG = join(
  '\x89PNG\r\n\x1a\n',
  hex('0000000d'),
  'IHDR',
  hex('0000000100000001080600000000000000'),
  hex('00000000'),
  'IDAT',
  zeros(8),
)
const EXE = join('MZ', hex('90000300000004000000ffff0000'), zeros(64))
const PCD = join(zeros(2_048).fill(0xff), 'PCD_IPI\x06', zeros(16))
const TS = join(...Array.from({ length: 4 }, () => join('G', zeros(187))))

/** Every format that Coze's upload takes, and what else people send. */
const KNOWN: readonly (readonly [
  name: string,
  head: Uint8Array,
  extension: string,
  family: string,
  mimeType: string,
])[] = [
  ['a.doc', ole('WordDocument'), 'doc', 'document', 'application/msword'],
  ['a.xls', ole('Workbook'), 'xls', 'document', 'application/vnd.ms-excel'],
  ['a.ppt', ole('PowerPoint Document'), 'ppt', 'document', 'application/vnd.ms-powerpoint'],
  [
    'a.docx',
    office('wordprocessingml.document'),
    'docx',
    'document',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  ],
  [
    'a.xlsx',
    office('spreadsheetml.sheet'),
    'xlsx',
    'document',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ],
  [
    'a.pptx',
    office('presentationml.presentation'),
    'pptx',
    'document',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  ],
  [
    'a.numbers',
    zip(['Index/Document.iwa', 'x'], ['Index/Tables/T.iwa', 'x']),
    'numbers',
    'document',
    'application/vnd.apple.numbers',
  ],
  ['a.pdf', latin('%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n'), 'pdf', 'document', 'application/pdf'],
  ['a.csv', latin('a,b\n1,2\n'), 'csv', 'text', 'text/csv'],
  ['a.cpp', latin('int main() { return 0; }\n'), 'cpp', 'text', 'text/x-c'],
  ['a.py', latin('print("hi")\n'), 'py', 'text', 'text/plain'],
  ['a.java', latin('class A {}\n'), 'java', 'text', 'text/x-java-source'],
  ['a.c', latin('#include <stdio.h>\n'), 'c', 'text', 'text/x-c'],
  ['a.jpg', hex('ffd8ffe000104a46494600010100000100010000'), 'jpg', 'image', 'image/jpeg'],
  ['a.jp2', jp2('jp2 '), 'jp2', 'image', 'image/jp2'],
  ['a.jpx', jp2('jpx '), 'jp2', 'image', 'image/jp2'],
  ['a.png', PNG, 'png', 'image', 'image/png'],
  ['a.gif', join('GIF89a', hex('01000100800000')), 'gif', 'image', 'image/gif'],
  ['a.webp', join('RIFF', hex('24000000'), 'WEBPVP8 ', zeros(16)), 'webp', 'image', 'image/webp'],
  ['a.heic', ftyp('heic'), 'heic', 'image', 'image/heic'],
  ['a.heif', ftyp('mif1'), 'heic', 'image', 'image/heic'],
  ['a.bmp', join('BM', hex('460000000000000036000000 28000000'), zeros(36)), 'bmp', 'image', 'image/bmp'],
  ['a.pcd', PCD, 'pcd', 'image', 'image/x-photo-cd'],
  ['a.tiff', join('II*\0', hex('08000000 0000 00000000')), 'tif', 'image', 'image/tiff'],
  ['big-endian.tif', join('MM\0*', hex('00000008 0000 00000000')), 'tif', 'image', 'image/tiff'],
  ['a.wav', riff('WAVE'), 'wav', 'audio', 'audio/wav'],
  ['a.mp3', join('ID3\x03', zeros(6), hex('fffb9064'), zeros(32)), 'mp3', 'audio', 'audio/mpeg'],
  ['art.mp3', join('ID3\x04', hex('0000 00107f7f'), zeros(4_096)), 'mp3', 'audio', 'audio/mpeg'],
  ['bare.mp3', join(hex('fffb9064'), zeros(413), hex('fffb9064'), zeros(413)), 'mp3', 'audio', 'audio/mpeg'],
  ['a.flac', join('fLaC', hex('00000022'), zeros(34)), 'flac', 'audio', 'audio/flac'],
  ['a.m4a', ftyp('M4A '), 'm4a', 'audio', 'audio/mp4'],
  ['a.aac', join(hex('fff15080021ffc'), zeros(32)), 'aac', 'audio', 'audio/aac'],
  ['a.ogg', ogg('\x01vorbis'), 'ogg', 'audio', 'audio/ogg'],
  ['voice.oga', ogg('OpusHead'), 'ogg', 'audio', 'audio/ogg'],
  ['a.wma', asf('409e69f84d5bcf11a8fd00805f5c442b'), 'wma', 'audio', 'audio/x-ms-wma'],
  ['a.mid', join('MThd', hex('00000006000100010060'), 'MTrk'), 'mid', 'audio', 'audio/midi'],
  ['a.amr', join('#!AMR\n', hex('3c91170000')), 'amr', 'audio', 'audio/amr'],
  ['a.mp4', ftyp('mp42'), 'mp4', 'video', 'video/mp4'],
  ['a.avi', join('RIFF', hex('24000000'), 'AVI LIST', zeros(32)), 'avi', 'video', 'video/x-msvideo'],
  ['a.mov', ftyp('qt  '), 'mov', 'video', 'video/quicktime'],
  ['a.3gp', ftyp('3gp5'), '3gp', 'video', 'video/3gpp'],
  ['a.3gpp', ftyp('3gp4'), '3gp', 'video', 'video/3gpp'],
  ['a.flv', join('FLV\x01', hex('050000000900000000')), 'flv', 'video', 'video/x-flv'],
  ['a.webm', ebml('webm'), 'webm', 'video', 'video/webm'],
  ['a.mkv', ebml('matroska'), 'mkv', 'video', 'video/x-matroska'],
  ['a.wmv', asf('c0ef19bc4d5bcf11a8fd00805f5c442b'), 'wmv', 'video', 'video/x-ms-wmv'],
  [
    'a.rmvb',
    join('.RMF', hex('00000012000100000000 00000005')),
    'rmvb',
    'video',
    'application/vnd.rn-realmedia-vbr',
  ],
  ['a.m4v', ftyp('M4V '), 'm4v', 'video', 'video/mp4'],
  ['a.mts', TS, 'mts', 'video', 'video/mp2t'],
  ['a.rar', join('Rar!\x1a\x07\x00', zeros(16)), 'rar', 'archive', 'application/vnd.rar'],
  ['a.zip', zip(['a.txt', 'x']), 'zip', 'archive', 'application/zip'],
  ['a.7z', join("7z\xbc\xaf'\x1c", zeros(26)), '7z', 'archive', 'application/x-7z-compressed'],
  ['a.gz', gzipSync('x'), 'gz', 'archive', 'application/gzip'],
  ['a.gzip', gzipSync('x'), 'gz', 'archive', 'application/gzip'],
  ['a.bz2', join('BZh91AY&SY', zeros(16)), 'bz2', 'archive', 'application/x-bzip2'],
  [
    'a.odt',
    zip(['mimetype', 'application/vnd.oasis.opendocument.text']),
    'odt',
    'document',
    'application/vnd.oasis.opendocument.text',
  ],
  ['a.epub', zip(['mimetype', 'application/epub+zip']), 'epub', 'document', 'application/epub+zip'],
  ['a.jar', zip(['META-INF/MANIFEST.MF', 'x']), 'jar', 'archive', 'application/java-archive'],
  [
    'a.apk',
    zip(['AndroidManifest.xml', 'x'], ['classes.dex', 'x']),
    'apk',
    'archive',
    'application/vnd.android.package-archive',
  ],
  ['a.rtf', latin('{\\rtf1\\ansi hi}'), 'rtf', 'document', 'application/rtf'],
  ['a.exe', EXE, 'exe', 'other', 'application/octet-stream'],
]

test.each(KNOWN)('%s is known by its content', async (name, head, extension, family, mimeType) => {
  expect(await lookAt(head, { name })).toEqual({ extension, family, mimeType })
})

/** Of the formats above these alone need their name to be told from others in the same clothes. */
const BY_NAME_TOO = new Set(['csv', 'cpp', 'py', 'java', 'c', 'rmvb'])
test.each(KNOWN.filter(([, , extension]) => !BY_NAME_TOO.has(extension)))(
  '%s is known under any name',
  async (_name, head, extension, family) => {
    for (const name of [undefined, 'x', 'x.bin', 'x.txt', 'x.png']) {
      expect(await lookAt(head, name === undefined ? {} : { name })).toMatchObject({ extension, family })
    }
  },
)

test.each([
  ['a program called .png', 'a.png', EXE, 'exe', 'other'],
  ['a script called .png', 'a.png', latin('#!/bin/sh\nrm -rf /\n'), 'txt', 'text'],
  ['a page called .jpg', 'a.jpg', latin('<!DOCTYPE html><html></html>'), 'html', 'text'],
  ['a picture called .docx', 'a.docx', PNG, 'png', 'image'],
  ['a picture called .txt', 'a.txt', PNG, 'png', 'image'],
  ['an archive called .pdf', 'a.pdf', zip(['a', 'x']), 'zip', 'archive'],
  ['a sheet called .doc', 'a.doc', ole('Workbook'), 'xls', 'document'],
])('%s is what its content says', async (_what, name, head, extension, family) => {
  expect(await lookAt(head, { name })).toMatchObject({ extension, family })
})

test.each([
  ['a drawing', 'x', latin('<?xml version="1.0"?>\n<!-- <svg> --><svg xmlns="x"/>'), 'svg', 'image/svg+xml'],
  ['a drawing by name', 'a.svg', latin('<svg/>'), 'svg', 'image/svg+xml'],
  ['XML', 'x', latin('<?xml version="1.0"?><a/>'), 'xml', 'application/xml'],
  ['TypeScript, which is no video', 'a.ts', latin('const a = 1\n'), 'ts', 'text/plain'],
  ['Markdown', 'README.md', latin('# BM\n'), 'md', 'text/markdown'],
  ['JSON', 'a.json', latin('{}'), 'json', 'application/json'],
  ['a file without an ending', 'Makefile', latin('all:\n\techo\n'), 'txt', 'text/plain'],
  ['Chinese in GB 18030', 'a.txt', hex('c4e3bac3a3accac0bde7a1a3'), 'txt', 'text/plain'],
  ['UTF-16', 'a.csv', Buffer.from('\ufeffa,b\n', 'utf16le'), 'csv', 'text/csv'],
  [
    'words that begin like a picture',
    'a.txt',
    latin('BMW builds cars, GIF89a is a format'),
    'txt',
    'text/plain',
  ],
  [
    'words in an old encoding that begin like a sound',
    'a.txt',
    latin('ID3-Tags f\xfcr Anf\xe4nger\n'),
    'txt',
    'text/plain',
  ],
])('%s is text', async (_what, name, head, extension, mimeType) => {
  expect(await lookAt(head, { name })).toEqual({ extension, mimeType, family: 'text' })
})

test('a container is what its name says only where its content allows it', async () => {
  const plain = zip(['a.txt', 'x'])
  const extensionOf = async (name: string, head: Uint8Array, mimeType?: string) =>
    (await lookAt(head, { name, ...(mimeType && { mimeType }) })).extension
  expect(await extensionOf('a.docx', plain)).toBe('docx')
  expect(await extensionOf('a.xlsx', office('wordprocessingml.document'))).toBe('docx')
  expect(await extensionOf('a.ppt', ole('something else'))).toBe('ppt')
  expect(await extensionOf('a.exe', ole('something else'))).toBe('cfb')
  expect(await extensionOf('a.m4a', ftyp('isom'))).toBe('m4a')
  expect(await extensionOf('a', ftyp('isom'), 'audio/mp4')).toBe('m4a')
  expect(await lookAt(ebml('webm'), { mimeType: 'audio/webm' })).toMatchObject({
    family: 'audio',
    mimeType: 'audio/webm',
  })
})

test('of what nobody knows nothing is said', async () => {
  expect(await lookAt(Buffer.alloc(0), { name: 'a.png' })).toEqual({ family: 'other' })
  expect(await lookAt(hex('0001020304050607'), { name: 'a.png' })).toEqual({ family: 'other' })
})

test('nothing throws: neither chance, nor a format cut anywhere', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...KNOWN),
      fc.nat(120),
      fc.uint8Array({ maxLength: 60 }),
      async ([name, head], at, more) => {
        expect(await lookAt(Buffer.concat([head.subarray(0, at), more]), { name })).toHaveProperty('family')
      },
    ),
  )
})
