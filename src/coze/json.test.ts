import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readJson, toId, toNumber } from './json.ts'

test('keeps every digit of an id that was sent without quotes', () => {
  expect(
    readJson('{"account_id":7300000000000000001,"ids":[7300000000000000002, -7300000000000000003 ]}'),
  ).toEqual({
    account_id: '7300000000000000001',
    ids: ['7300000000000000002', '-7300000000000000003'],
  })
})

test('leaves long digits inside strings and long fractions alone', () => {
  const text = '{"a":"x: 7300000000000000001, y","b":1e-1234567890123456,"c":7300000000000000001}'
  expect(readJson(text)).toEqual({
    a: 'x: 7300000000000000001, y',
    b: 0,
    c: '7300000000000000001',
  })
})

test('reads any JSON as JSON.parse does, as long as its numbers are short', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      fc.pre(!/\d{16}/.test(text))
      expect(readJson(text)).toEqual(JSON.parse(text))
    }),
  )
})

test('says undefined to what is not JSON', () => {
  expect(readJson('<html>')).toBeUndefined()
  expect(readJson('')).toBeUndefined()
})

test('takes a time as number or as text, and an id as text or as short number', () => {
  expect([toNumber(171), toNumber('171'), toNumber('x'), toNumber(null)]).toEqual([
    171,
    171,
    undefined,
    undefined,
  ])
  expect([toId('75'), toId(75), toId(7.5e18), toId(null)]).toEqual(['75', '75', '', ''])
})
