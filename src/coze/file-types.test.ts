import fc from 'fast-check'
import { expect, test } from 'vitest'
import { heardNameFor, uploadNameFor } from './file-types.ts'

const DOCUMENTED =
  `doc docx xls xlsx ppt pptx pdf numbers csv cpp py java c jpg jpg2 png gif webp heic heif bmp pcd tiff
  wav mp3 flac m4a aac ogg wma midi mp4 avi mov 3gp 3gpp flv webm wmv rmvb m4v mkv rar zip 7z gz gzip bz2`.split(
    /\s+/,
  )

test.each(DOCUMENTED)('.%s is taken under its own name', (ending) => {
  expect(uploadNameFor({ name: `文件 1.${ending}` })).toBe(`文件 1.${ending}`)
  expect(uploadNameFor({ name: `A.${ending.toUpperCase()}`, extension: ending })).toBe(
    `A.${ending.toUpperCase()}`,
  )
})

test.each([
  ['a.jpeg', 'jpg', 'a.jpg'],
  ['a.jpe', 'jpg', 'a.jpg'],
  ['a.jfif', 'jpg', 'a.jpg'],
  ['a.apng', 'png', 'a.png'],
  ['a.dib', 'bmp', 'a.bmp'],
  ['scan.tif', 'tif', 'scan.tiff'],
  ['scan.tiff', 'tif', 'scan.tiff'],
  ['a.heif', 'heic', 'a.heif'],
  ['a.heics', 'heic', 'a.heic'],
  ['a.jp2', 'jp2', 'a.jpg2'],
  ['a.jpx', 'jp2', 'a.jpg2'],
  ['a.j2k', 'jp2', 'a.jpg2'],
  ['sound.mid', 'mid', 'sound.midi'],
  ['sound.midi', 'mid', 'sound.midi'],
  ['a.kar', 'mid', 'a.midi'],
  ['voice.oga', 'ogg', 'voice.ogg'],
  ['voice.opus', 'ogg', 'voice.ogg'],
  ['voice.spx', 'spx', 'voice.ogg'],
  ['a.wave', 'wav', 'a.wav'],
  ['a.m4b', 'm4a', 'a.m4a'],
  ['a.m4a', 'mp4', 'a.m4a'],
  ['a.mp4', 'm4a', 'a.mp4'],
  ['a.adts', 'aac', 'a.aac'],
  ['a.qt', 'mov', 'a.mov'],
  ['a.3gpp', '3gp', 'a.3gpp'],
  ['a.rm', 'rm', 'a.rmvb'],
  ['a.rmvb', 'rm', 'a.rmvb'],
  ['a.wmv', 'asf', 'a.wmv'],
  ['a.mp3', 'mp2', 'a.mp3'],
  ['a.mkv', 'webm', 'a.mkv'],
  ['a.gzip', 'gz', 'a.gzip'],
  ['a.tgz', 'gz', 'a.gz'],
  ['a.tar.gz', 'gz', 'a.tar.gz'],
  ['a.tbz2', 'bz2', 'a.bz2'],
  ['main.cc', 'cc', 'main.cpp'],
  ['main.cxx', 'cxx', 'main.cpp'],
  ['a.docx', 'zip', 'a.zip'],
  ['a.zip', 'docx', 'a.zip'],
])('%s with %s inside goes as %s', (name, extension, taken) => {
  expect(uploadNameFor({ name, extension })).toBe(taken)
})

test.each([
  ['photo.png', 'webp', 'photo.webp'],
  ['photo', 'jpg', 'photo.jpg'],
  ['report.v2', 'pdf', 'report.pdf'],
  ['report 1.5', 'pdf', 'report 1.5.pdf'],
  ['song.m4a', 'mp3', 'song.mp3'],
  ['a.txt', 'png', 'a.png'],
  ['a.csv', 'xlsx', 'a.xlsx'],
  ['a.xlsx', 'docx', 'a.docx'],
])('%s that is %s goes as %s', (name, extension, taken) => {
  expect(uploadNameFor({ name, extension })).toBe(taken)
})

test.each([
  ['a.txt', undefined],
  ['a.txt', 'txt'],
  ['README.md', 'md'],
  ['a.json', 'json'],
  ['a.html', 'html'],
  ['a.svg', 'svg'],
  ['a', undefined],
  ['photo.png', 'exe'],
  ['photo.png', 'txt'],
  ['a.pdf', 'html'],
  ['a.doc', 'rtf'],
  ['a.csv', 'txt'],
  ['a.epub', 'epub'],
  ['a.apk', 'apk'],
  ['a.ogv', 'ogv'],
  ['a.amr', 'amr'],
  ['a.constructor', undefined],
])('%s that is %s is not taken', (name, extension) => {
  expect(uploadNameFor(extension === undefined ? { name } : { name, extension })).toBeUndefined()
})

test.each([
  ['voice.oga', 'ogg', 'voice.ogg'],
  ['voice.opus', 'ogg', 'voice.ogg'],
  ['voice', 'ogg', 'voice.ogg'],
  ['a.mp3', 'mp3', 'a.mp3'],
  ['a.m4a', 'm4a', 'a.m4a'],
  ['a.mp4', 'mp4', 'a.mp4'],
  ['a.amr', 'amr', 'a.amr'],
  ['a.aac', 'aac', 'a.aac'],
  ['a.spx', 'spx', 'a.spx'],
  ['a.pcm', undefined, 'a.pcm'],
  ['a.webm', 'webm', undefined],
  ['a.flac', 'flac', undefined],
  ['a.png', 'png', undefined],
])('%s with %s is heard as %s', (name, extension, taken) => {
  expect(heardNameFor(extension === undefined ? { name } : { name, extension })).toBe(taken)
})

test('whatever name is given, the one it goes by has a documented ending and is taken as it is', () => {
  const ending = fc.oneof(
    fc.constantFrom(...DOCUMENTED, 'jpeg', 'tif', 'oga', 'exe', 'txt'),
    fc.string({ maxLength: 6 }),
  )
  fc.assert(
    fc.property(fc.string(), ending, fc.option(ending, { nil: undefined }), (stem, called, extension) => {
      const name = uploadNameFor({ name: `${stem}.${called}`, ...(extension !== undefined && { extension }) })
      if (name === undefined) return
      expect(DOCUMENTED).toContain(name.split('.').at(-1)?.toLowerCase())
      expect(uploadNameFor({ name, ...(extension !== undefined && { extension }) })).toBe(name)
    }),
  )
})
