import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeText, decodeTextHead, isTextFile } from './text-file.ts'

const utf16le = (text: string) => Buffer.from(text, 'utf16le')
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()
const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex')
const marked = (mark: string, bytes: Uint8Array) => Buffer.concat([hex(mark), bytes])

const gb = hex('c4e3bac3a3accac0bde7a1a3') // 你好，世界。
const sjis = hex('82b182f182c982bf82cd90a28a45') // こんにちは世界
const euckr = hex('bec8b3e7c7cfbcbcbfe42ebcbcb0e8bbe7b6f7') // 안녕하세요.세계사람
const big5 = hex('a741a66ea141a540acc9a143') // 你好，世界。

test.each([
  ['UTF-8', Buffer.from('héllo 世界 😀\r\n'), 'héllo 世界 😀\r\n'],
  ['UTF-8 with a mark', marked('efbbbf', Buffer.from('a,b\n')), 'a,b\n'],
  ['UTF-16LE with a mark', marked('fffe', utf16le('你好')), '你好'],
  ['UTF-16BE with a mark', marked('feff', utf16be('hi')), 'hi'],
  ['UTF-16LE without one', utf16le('name,age\nAnn,3\n'), 'name,age\nAnn,3\n'],
  ['UTF-16BE without one, in Chinese', utf16be('你好 世界\n再见'), '你好 世界\n再见'],
  ['GB 18030', gb, '你好，世界。'],
  ['GB 18030 among English', Buffer.concat([Buffer.from('name: '), gb]), 'name: 你好，世界。'],
  ['Shift_JIS', sjis, 'こんにちは世界'],
  ['EUC-KR', euckr, '안녕하세요.세계사람'],
  ['Big5', big5, '你好，世界。'],
  ['Windows-1252', Buffer.from('Müller, café, 5 £, naïve\n', 'latin1'), 'Müller, café, 5 £, naïve\n'],
  ['a coloured log', Buffer.from('\u001b[31mERROR\u001b[0m\n'), '\u001b[31mERROR\u001b[0m\n'],
  ['nothing', Buffer.alloc(0), ''],
])('%s is read', (_what, bytes, text) => {
  expect(decodeText(bytes)).toBe(text)
})

test.each([
  ['zero bytes', hex('68690000ff00')],
  ['a picture', hex('89504e470d0a1a0a0000000d49484452')],
  ['control characters', hex('6869010203')],
  ['high bytes without order', hex('fffbff90fe81ffd8ff8d')],
  ['UTF-8 that ends in the middle, after a mark', hex('efbbbfe4bd')],
])('%s are no text', (_what, bytes) => {
  expect(decodeText(bytes)).toBeUndefined()
})

test('any text without control characters comes back from UTF-8 and from marked UTF-16', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((any) => !/[\p{Cc}\uFEFF]/u.test(any))
  fc.assert(
    fc.property(text, (any) => {
      expect(decodeText(Buffer.from(any))).toBe(any)
      expect(decodeText(marked('fffe', utf16le(any)))).toBe(any)
      expect(decodeText(marked('feff', utf16be(any)))).toBe(any)
    }),
  )
})

test('random bytes never throw, wherever they are cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const text of [decodeText(bytes), decodeTextHead(bytes)]) expect(text ?? '').toBeTypeOf('string')
    }),
  )
})

test('the beginning of a text may end in the middle of a character', () => {
  const bytes = Buffer.from('世界世界')
  for (let at = 6; at < bytes.length; at += 1) {
    expect(decodeTextHead(bytes.subarray(0, at))).toMatch(/^世界世?$/)
  }
})

test('what the content says counts, the name only where it says nothing', () => {
  expect(isTextFile({ family: 'text', extension: 'md' }, 'a.md')).toBe(true)
  expect(isTextFile({ family: 'text', extension: 'txt' }, 'a.png')).toBe(true)
  expect(isTextFile({ family: 'image', extension: 'png' }, 'a.txt')).toBe(false)
  const named = (name: string) => isTextFile({ family: 'other' }, name)
  const texts = 'a.txt a.MD a.json a.csv a.tsv a.log a.yaml a.xml a.html a.srt a.ini a.toml a.sql a.sh a.rs'
  expect(texts.split(' ').filter((name) => !named(name))).toEqual([])
  expect(['a', 'a.bin', 'a.png', 'a.exe'].filter(named)).toEqual([])
})
