// How far is a file on its way?

export interface Progress {
  readonly doing: 'hearing' | 'uploading'
  readonly sentBytes: number
  readonly totalBytes: number
}
