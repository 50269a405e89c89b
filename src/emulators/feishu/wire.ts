// How does a long-connection frame look in bytes? proto2 `pbbp2.Frame`, read and written field by field.
import protobuf from 'protobufjs/minimal.js'

export interface WireFrame {
  readonly seqId: number
  readonly logId: number
  readonly service: number
  /** 0 control, 1 data. */
  readonly method: number
  readonly headers: Readonly<Record<string, string>>
  readonly payload?: Uint8Array
}

export const CONTROL = 0
export const DATA = 1

/** Fields 1 to 4 are required: written even when 0. */
export function encodeFrame(frame: WireFrame): Uint8Array {
  const writer = protobuf.Writer.create()
  writer.uint32(0x08).uint64(frame.seqId)
  writer.uint32(0x10).uint64(frame.logId)
  writer.uint32(0x18).int32(frame.service)
  writer.uint32(0x20).int32(frame.method)
  for (const [key, value] of Object.entries(frame.headers)) {
    writer.uint32(0x2a).fork().uint32(0x0a).string(key).uint32(0x12).string(value).ldelim()
  }
  if (frame.payload !== undefined) writer.uint32(0x42).bytes(frame.payload)
  return writer.finish()
}

/** Throws on bytes that are no frame, or that lack a required field. */
export function decodeFrame(bytes: Uint8Array): WireFrame {
  const reader = protobuf.Reader.create(bytes)
  const numbers = new Map<number, number>()
  const headers: (readonly [string, string])[] = []
  let payload: Uint8Array | undefined
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    const field = tag >>> 3
    if (field === 1 || field === 2) numbers.set(field, Number(reader.uint64()))
    else if (field === 3 || field === 4) numbers.set(field, reader.int32())
    else if (field === 5) {
      headers.push(readHeader(reader, reader.uint32() + reader.pos))
    } else if (field === 8) payload = reader.bytes()
    else reader.skipType(tag & 7)
  }
  const required = (field: number): number => {
    const value = numbers.get(field)
    if (value === undefined) throw new Error(`the frame lacks its required field ${field}`)
    return value
  }
  return {
    seqId: required(1),
    logId: required(2),
    service: required(3),
    method: required(4),
    // As own properties, whatever they are called.
    headers: Object.fromEntries(headers),
    ...(payload === undefined ? {} : { payload }),
  }
}

function readHeader(reader: protobuf.Reader, end: number): readonly [string, string] {
  let key = ''
  let value = ''
  while (reader.pos < end) {
    const tag = reader.uint32()
    if (tag >>> 3 === 1) key = reader.string()
    else if (tag >>> 3 === 2) value = reader.string()
    else reader.skipType(tag & 7)
  }
  return [key, value]
}
