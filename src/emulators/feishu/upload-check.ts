// May these bytes be uploaded? Their size, and what they say of themselves, as the documents of the uploads tell.
import { ApiError } from './errors.ts'

/** Feishu docs: upload image, upload file. */
const MAX_IMAGE_BYTES = 10 << 20
const MAX_FILE_BYTES = 30 << 20
const MAX_SIDE_PX = 12_000
const MAX_GIF_SIDE_PX = 2_000
/** How the images the platform takes begin: JPEG, PNG, GIF, BMP, TIFF, ICO; WEBP and HEIC have it later. */
const IMAGE_STARTS = ['ffd8ff', '89504e47', '47494638', '424d', '49492a00', '4d4d002a', '00000100']
const HEIC_BRANDS = ['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1']

export function checkImage(bytes: Buffer): void {
  checkSize(bytes, MAX_IMAGE_BYTES)
  if (!isImage(bytes)) throw new ApiError(234011, "Can't recognize the image format.")
  const sides = sidesOf(bytes)
  const most = startsWith(bytes, '47494638') ? MAX_GIF_SIDE_PX : MAX_SIDE_PX
  if (sides !== undefined && Math.max(...sides) > most)
    throw new ApiError(234039, 'Image resolution exceeds the limit.')
}

/** `type`: the upload's `file_type`. Sound and film must be what it says, or no client plays them. */
export function checkFile(bytes: Buffer, type: string): void {
  checkSize(bytes, MAX_FILE_BYTES)
  const isOpus = bytes.toString('latin1', 0, 4) === 'OggS' && bytes.toString('latin1', 28, 36) === 'OpusHead'
  const isMp4 = bytes.toString('latin1', 4, 8) === 'ftyp'
  if ((type === 'opus' && !isOpus) || (type === 'mp4' && !isMp4))
    throw new ApiError(234001, `Invalid request param: the file is no ${type}.`)
}

export function imageTypeOf(bytes: Buffer): string {
  if (startsWith(bytes, 'ffd8ff')) return 'image/jpeg'
  if (startsWith(bytes, '47494638')) return 'image/gif'
  return bytes.toString('latin1', 8, 12) === 'WEBP' ? 'image/webp' : 'image/png'
}

function checkSize(bytes: Buffer, most: number): void {
  if (bytes.length === 0) throw new ApiError(234010, "File's size can't be 0.")
  if (bytes.length > most) throw new ApiError(234006, 'The file size exceed the max value.')
}

function isImage(bytes: Buffer): boolean {
  const brand = bytes.toString('latin1', 4, 8) === 'ftyp' ? bytes.toString('latin1', 8, 12) : ''
  const isWebp = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP'
  return isWebp || HEIC_BRANDS.includes(brand) || IMAGE_STARTS.some((start) => startsWith(bytes, start))
}

function startsWith(bytes: Buffer, hex: string): boolean {
  return bytes.toString('hex', 0, hex.length / 2) === hex
}

/** Width and height of a PNG, GIF or JPEG; undefined where they are not told. */
function sidesOf(bytes: Buffer): readonly [number, number] | undefined {
  if (startsWith(bytes, '89504e47') && bytes.length >= 24)
    return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  if (startsWith(bytes, '47494638') && bytes.length >= 10)
    return [bytes.readUInt16LE(6), bytes.readUInt16LE(8)]
  return startsWith(bytes, 'ffd8ff') ? sidesOfJpeg(bytes) : undefined
}

/** The first frame header; segments before it tell their length. https://www.w3.org/Graphics/JPEG/itu-t81.pdf B.1.1.3 */
function sidesOfJpeg(bytes: Buffer): readonly [number, number] | undefined {
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)]
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}
