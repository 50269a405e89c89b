// Does a picture fit afterwards, and is it still the same picture?
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { ImageLimits } from '../contract/platform.ts'
import { fitImage, measureImage, type FittedImage } from './fit.ts'
import { planOf, scaleOf } from './fit-plan.ts'
import { lookAt } from './look.ts'

const ROOMY: ImageLimits = { maxBytes: 10_000_000, types: ['image/png', 'image/jpeg'] }
const signal = new AbortController().signal

function keptOf(bytes: Uint8Array) {
  return {
    sizeBytes: bytes.byteLength,
    head: bytes.subarray(0, 65_536),
    async *open() {
      yield bytes
    },
  }
}
async function fit(bytes: Uint8Array, limits: ImageLimits): Promise<FittedImage | 'fits' | 'impossible'> {
  return fitImage(keptOf(bytes), await lookAt(bytes, {}), limits, signal)
}
async function fitted(bytes: Uint8Array, limits: ImageLimits): Promise<FittedImage> {
  const result = await fit(bytes, limits)
  if (typeof result === 'string') throw new Error(`it is ${result}`)
  expect(measureImage(result.bytes)).toEqual({ widthPx: result.widthPx, heightPx: result.heightPx })
  expect((await lookAt(result.bytes, {})).mimeType).toBe(result.mimeType)
  return result
}
/** Hard to make small: noise. */
function noise(width: number, height: number, channels: 3 | 4 = 3) {
  const raw = Buffer.alloc(width * height * channels)
  let seed = 1
  for (let at = 0; at < raw.length; at++) {
    // xorshift
    seed ^= seed << 13
    seed ^= seed >>> 17
    seed ^= seed << 5
    raw[at] = seed
  }
  return sharp(raw, { raw: { width, height, channels } })
}
function plain(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: '#c03030' } })
}
async function animation(width: number, height: number, frames: number): Promise<Buffer> {
  const images = await Promise.all(
    Array.from({ length: frames }, (_, nth) =>
      sharp({ create: { width, height, channels: 3, background: { r: nth * 40, g: 90, b: 10 } } })
        .png()
        .toBuffer(),
    ),
  )
  return sharp(images, { join: { animated: true } })
    .gif()
    .toBuffer()
}

test.each(['png', 'jpeg', 'gif', 'webp'] as const)('measures a %s', async (format) => {
  for (const [width, height] of [
    [1, 1],
    [300, 7],
    [40, 1_200],
  ] as const) {
    const bytes = await plain(width, height).toFormat(format).toBuffer()
    expect(measureImage(bytes)).toEqual({ widthPx: width, heightPx: height })
  }
})

test('measures a lossless and a moving WebP, and a bitmap', async () => {
  const lossless = await plain(321, 123).webp({ lossless: true }).toBuffer()
  expect(measureImage(lossless)).toEqual({ widthPx: 321, heightPx: 123 })
  const moving = await sharp(await animation(30, 20, 3), { animated: true })
    .webp()
    .toBuffer()
  expect(measureImage(moving)).toEqual({ widthPx: 30, heightPx: 20 })
  const bitmap = Buffer.alloc(54)
  bitmap.write('BM')
  bitmap.writeUInt32LE(40, 14)
  bitmap.writeInt32LE(640, 18)
  bitmap.writeInt32LE(-480, 22)
  expect(measureImage(bitmap)).toEqual({ widthPx: 640, heightPx: 480 })
})

test('whatever the bytes are, measuring ends without an error', async () => {
  const jpeg = await plain(20, 20).jpeg().toBuffer()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(jpeg.length), (bytes, at) => {
      measureImage(bytes)
      measureImage(Buffer.concat([jpeg.subarray(0, at), bytes]))
    }),
  )
  expect(measureImage(jpeg.subarray(0, 20))).toBeUndefined()
})

test('what fits is left alone, byte for byte', async () => {
  expect(await fit(await plain(100, 100).png().toBuffer(), ROOMY)).toBe('fits')
  expect(await fit(await plain(100, 50).png().toBuffer(), { ...ROOMY, maxSidePx: 100, maxRatio: 2 })).toBe(
    'fits',
  )
})

test('a type that is not allowed becomes one that is', async () => {
  const webp = await plain(100, 60).webp().toBuffer()
  expect(await fitted(webp, ROOMY)).toMatchObject({ mimeType: 'image/jpeg', extension: 'jpg', widthPx: 100 })
  expect(await fitted(webp, { ...ROOMY, types: ['image/png'] })).toMatchObject({ mimeType: 'image/png' })
})

test('what is seen through stays so where it can', async () => {
  const webp = await noise(50, 50, 4).webp().toBuffer()
  const png = await fitted(webp, ROOMY)
  expect(png.mimeType).toBe('image/png')
  expect((await sharp(png.bytes).metadata()).hasAlpha).toBe(true)
  const jpeg = await fitted(webp, { ...ROOMY, types: ['image/jpeg'] })
  expect(jpeg.mimeType).toBe('image/jpeg')
})

test('too many bytes: coarser first, then smaller, until it fits', async () => {
  const png = await noise(600, 400).png().toBuffer()
  for (const maxBytes of [300_000, 60_000, 20_000]) {
    const { bytes, widthPx, heightPx } = await fitted(png, { ...ROOMY, maxBytes })
    expect(bytes.byteLength).toBeLessThanOrEqual(maxBytes)
    expect(widthPx / heightPx).toBeCloseTo(1.5, 1)
  }
  expect(await fit(png, { ...ROOMY, maxBytes: 200 })).toBe('impossible')
})

test('sides are brought within their limits, a ratio cannot be', async () => {
  const png = await plain(900, 300).png().toBuffer()
  expect(await fitted(png, { ...ROOMY, maxSidePx: 300 })).toMatchObject({ widthPx: 300, heightPx: 100 })
  expect(await fitted(png, { ...ROOMY, maxSidesPx: 800 })).toMatchObject({ widthPx: 600, heightPx: 200 })
  expect(await fit(png, { ...ROOMY, maxRatio: 2 })).toBe('impossible')
})

test('a picture taken with the camera turned stands upright', async () => {
  const turned = await plain(80, 40).withMetadata({ orientation: 6 }).jpeg().toBuffer()
  expect(await fitted(turned, { ...ROOMY, types: ['image/png'] })).toMatchObject({
    widthPx: 40,
    heightPx: 80,
  })
})

test('what moves goes on moving, stands still when it is too large, and is a file where nothing moves', async () => {
  const gif = await animation(200, 100, 4)
  const moving = await fitted(gif, { ...ROOMY, types: ['image/gif', 'image/png'], maxSidePx: 100 })
  expect(await sharp(moving.bytes, { animated: true }).metadata()).toMatchObject({ pages: 4, width: 100 })
  expect(moving).toMatchObject({ widthPx: 100, heightPx: 50, mimeType: 'image/gif' })
  expect(await fit(gif, ROOMY)).toBe('impossible')
})

test('a drawing in SVG becomes a picture', async () => {
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30"><circle cx="9" cy="9" r="9"/></svg>',
  )
  const look = { mimeType: 'image/svg+xml', extension: 'svg', family: 'image' } as const
  expect(await fitImage(keptOf(svg), look, ROOMY, signal)).toMatchObject({
    mimeType: 'image/png',
    widthPx: 60,
    heightPx: 30,
  })
})

test('a picture of too many pixels is not unpacked, a broken or an unknown one is left', async () => {
  // One of 100 pixels that says it had 400 million.
  const huge = await plain(10, 10).png().toBuffer()
  huge.writeUInt32BE(20_000, 16)
  huge.writeUInt32BE(20_000, 20)
  huge.writeUInt32BE(crc32(huge.subarray(12, 29)), 29)
  expect(measureImage(huge)).toEqual({ widthPx: 20_000, heightPx: 20_000 })
  expect(await fit(huge, { ...ROOMY, maxSidePx: 1_000 })).toBe('impossible')
  const jpeg = await noise(200, 200).jpeg().toBuffer()
  expect(await fit(jpeg.subarray(0, jpeg.length / 2), { ...ROOMY, maxSidePx: 100 })).toBe('impossible')
  expect(await fit(Buffer.from('not a picture'), ROOMY)).toBe('impossible')
})

test('whoever gives up leaves at once, and the next one is served', async () => {
  const png = await noise(600, 400).png().toBuffer()
  const look = await lookAt(png, {})
  const stop = new AbortController()
  const limits = { ...ROOMY, maxBytes: 20_000 }
  const given = fitImage(keptOf(png), look, limits, stop.signal)
  const next = fitImage(keptOf(png), look, limits, signal)
  stop.abort(new Error('stopped by the test'))
  await expect(given).rejects.toThrow('stopped by the test')
  expect(await next).toMatchObject({ mimeType: 'image/jpeg' })
})

test('every plan keeps the sides within their limits', () => {
  const side = fc.integer({ min: 1, max: 20_000 })
  const limit = fc.option(fc.integer({ min: 10, max: 10_000 }), { nil: undefined })
  const formats = fc.subarray(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])
  fc.assert(
    fc.property(side, side, limit, limit, formats, fc.boolean(), fc.boolean(), (...all) => {
      const [widthPx, heightPx, maxSidePx, maxSidesPx, types, isAnimated, hasAlpha] = all
      const limits: ImageLimits = {
        maxBytes: 1,
        types,
        maxRatio: 20,
        ...(maxSidePx === undefined ? {} : { maxSidePx }),
        ...(maxSidesPx === undefined ? {} : { maxSidesPx }),
      }
      for (const plan of planOf({ size: { widthPx, heightPx }, isAnimated, hasAlpha }, limits)) {
        expect(scaleOf(plan, limits)).toBe(1)
        expect(types).toContain(`image/${plan.format}`)
        expect(plan.flat && plan.format !== 'jpeg').toBe(false)
      }
    }),
  )
})
