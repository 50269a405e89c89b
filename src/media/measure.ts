// How wide and high is a picture? Read from its first bytes, before anything else touches it.

export interface ImageSize {
  readonly widthPx: number
  readonly heightPx: number
}

/** As stored, before a camera's turn is applied. PNG, JPEG, GIF, WebP, BMP; undefined: another format, or broken. */
export function measureImage(head: Uint8Array): ImageSize | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  try {
    const size =
      measurePng(view) ?? measureGif(view) ?? measureWebp(view) ?? measureBmp(view) ?? measureJpeg(view)
    return size !== undefined && size.widthPx > 0 && size.heightPx > 0 ? size : undefined
  } catch (error) {
    // It ends before it says how large it is.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** https://www.w3.org/TR/png-3/#11IHDR */
function measurePng(view: DataView): ImageSize | undefined {
  if (!says(view, 0, '\x89PNG\r\n\x1a\n') || !says(view, 12, 'IHDR')) return undefined
  return { widthPx: view.getUint32(16), heightPx: view.getUint32(20) }
}

/** https://www.w3.org/Graphics/GIF/spec-gif89a.txt §18 */
function measureGif(view: DataView): ImageSize | undefined {
  if (!says(view, 0, 'GIF87a') && !says(view, 0, 'GIF89a')) return undefined
  return { widthPx: view.getUint16(6, true), heightPx: view.getUint16(8, true) }
}

/** https://developers.google.com/speed/webp/docs/riff_container */
function measureWebp(view: DataView): ImageSize | undefined {
  if (!says(view, 0, 'RIFF') || !says(view, 8, 'WEBP')) return undefined
  if (says(view, 12, 'VP8X')) {
    return { widthPx: 1 + uint24(view, 24), heightPx: 1 + uint24(view, 27) }
  }
  if (says(view, 12, 'VP8L')) {
    const bits = view.getUint32(21, true)
    return { widthPx: 1 + (bits & 0x3fff), heightPx: 1 + ((bits >>> 14) & 0x3fff) }
  }
  if (!says(view, 12, 'VP8 ')) return undefined
  return { widthPx: view.getUint16(26, true) & 0x3fff, heightPx: view.getUint16(28, true) & 0x3fff }
}

/** https://learn.microsoft.com/windows/win32/api/wingdi/ns-wingdi-bitmapinfoheader: a negative height is stored top down. */
function measureBmp(view: DataView): ImageSize | undefined {
  if (!says(view, 0, 'BM') || view.getUint32(14, true) < 40) return undefined
  return { widthPx: Math.abs(view.getInt32(18, true)), heightPx: Math.abs(view.getInt32(22, true)) }
}

/** Segment by segment to the frame's header. https://www.w3.org/Graphics/JPEG/itu-t81.pdf §B.2.2 */
function measureJpeg(view: DataView): ImageSize | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined
  for (let at = 2; ;) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      // Padding.
      at += 1
      continue
    }
    if (isFrame(marker)) return { widthPx: view.getUint16(at + 7), heightPx: view.getUint16(at + 5) }
    at += 2 + Math.max(2, view.getUint16(at + 2))
  }
}

/** SOF0 to SOF15, without the tables that stand among them (DHT, JPG, DAC). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
}

function says(view: DataView, at: number, text: string): boolean {
  if (view.byteLength < at + text.length) return false
  return Buffer.from(text, 'latin1').every((byte, nth) => view.getUint8(at + nth) === byte)
}
