import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanFileName, endingOf, toSize, withExtension } from './names.ts'

test.each([
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\me\\a.txt', 'a.txt'],
  ['..', 'file'],
  ['.bashrc', 'bashrc'],
  ['...hidden.png', 'hidden.png'],
  ['a\u0000b\n.png', 'ab .png'],
  ['cat\u202Egnp.exe', 'catgnp.exe'],
  ['con', '_con'],
  ['Aux.txt', '_Aux.txt'],
  ['COM1.log', '_COM1.log'],
  ['console.log', 'console.log'],
  ['what?.png', 'what_.png'],
  ['截图 1.png', '截图 1.png'],
  ['trailing. . ', 'trailing'],
  ['/', 'file'],
  [undefined, 'file'],
])('%j becomes %j', (name, clean) => {
  expect(cleanFileName(name, 'file')).toBe(clean)
})

const piece = fc.constantFrom(
  ...Array.from('./\\ \t\n\0:?*"<>|_-aZ9$é世😀\u202e\u200d\u2028\ud800\udc00\ue000'),
  ...['con', 'nul.', '.png', '..', '.tar.gz', 'e\u0301'],
)

test('a clean name is short, leads nowhere, shows all it has, and stays as it is', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 150 }), (pieces) => {
      const name = pieces.join('')
      const clean = cleanFileName(name, 'file')
      expect(clean.length).toBeLessThanOrEqual(120)
      expect(clean).not.toBe('')
      expect(clean).not.toMatch(/[/\\\p{Cc}\p{Cf}\p{Cs}]|^\./u)
      expect(cleanFileName(clean, 'file')).toBe(clean)
    }),
  )
})

test('a long name keeps its ending, and no half character', () => {
  const clean = cleanFileName(`${'😀'.repeat(100)}.docx`, 'file')
  expect(clean.length).toBeLessThanOrEqual(120)
  expect(clean).toMatch(/^(?:😀)+\.docx$/u)
})

test('an ending is replaced, or put behind', () => {
  expect(withExtension('photo.png', 'webp')).toBe('photo.webp')
  expect(withExtension('PHOTO.PNG', 'png')).toBe('PHOTO.PNG')
  expect(withExtension('photo', 'jpg')).toBe('photo.jpg')
  expect(withExtension('report 1.5', 'pdf')).toBe('report 1.5.pdf')
  expect(withExtension('a'.repeat(120), 'pdf')).toHaveLength(120)
  expect(['a.tar.GZ', 'a.7z', 'a', 'a.b c', '3.14'].map(endingOf)).toEqual(['gz', '7z', '', '', ''])
})

test.each([
  [0, '0 B'],
  [12, '12 B'],
  [1023, '1023 B'],
  [65_536, '64 KB'],
  [20 * 1024 * 1024, '20 MB'],
  [1.5 * 1024 * 1024, '1.5 MB'],
  [1024 * 1024 - 1, '1 MB'],
  [512 * 1024 * 1024, '512 MB'],
  [2 * 1024 ** 3, '2 GB'],
])('%i bytes are %j', (bytes, size) => {
  expect(toSize(bytes)).toBe(size)
})
