// Files on their way, in both directions: what people attach, and what people get.

export interface AttachmentStream {
  readonly stream: AsyncIterable<Uint8Array>
  /** What the stream gives, exactly. */
  readonly sizeBytes: number
  readonly name?: string
  readonly mimeType?: string
}
/** A file on its way to people. Nothing of its name leads anywhere: it is clean, and has an ending. */
export interface OutgoingFile {
  readonly kind: 'image' | 'file' | 'audio' | 'voice' | 'video'
  readonly name: string
  readonly mimeType: string
  readonly sizeBytes: number
  /** Its bytes, from the beginning each time. */
  open(): AsyncIterable<Uint8Array>
  readonly caption?: string
  readonly widthPx?: number
  readonly heightPx?: number
  readonly durationMs?: number
  /** Of a voice message: how loud it is over its length, 0 to 255 each, at most 256 of them. */
  readonly loudness?: readonly number[]
}

export interface FileLimits {
  /** Of any file. */
  readonly maxBytes: number
  /** What is shown as a picture. Others are drawn anew to fit where that can be done, else sent as files. */
  readonly image: ImageLimits
  readonly imagesPerMessage: number
  /** A message of files may have buttons; else what has no place in the text comes behind it, and the text keeps them. */
  readonly takesControls: boolean
  /** An album may, too. */
  readonly albumsTakeControls: boolean
}
export interface ImageLimits {
  readonly maxBytes: number
  /** `image/png`, … */
  readonly types: readonly string[]
  readonly maxSidePx?: number
  /** Width and height together. */
  readonly maxSidesPx?: number
  /** Of the longer side to the shorter. */
  readonly maxRatio?: number
}
