// How are the calls of the last seconds drawn, so that their pace can be seen?

import type { PageCall } from '../protocol.ts'

export type Lane = PageCall['with']
export const LANES: readonly Lane[] = ['discord', 'telegram', 'feishu', 'coze']

const SPAN_MS = 20_000
const GRID_MS = 5_000
const LANE_PX = 22
/** A call of this many characters or more is drawn at full height. */
const FULL_CHARS = 2_000

/** One lane each; calls out are bars from the ground, as tall as they carry text; what comes in hangs from above. */
export function drawTimeline(canvas: HTMLCanvasElement, calls: readonly PageCall[], nowMs: number): void {
  const scale = window.devicePixelRatio
  const width = canvas.clientWidth
  const height = LANES.length * LANE_PX
  if (canvas.width !== width * scale || canvas.height !== height * scale) {
    canvas.width = width * scale
    canvas.height = height * scale
  }
  const pen = canvas.getContext('2d')
  if (!pen) return
  const style = getComputedStyle(canvas)
  const colour = (name: string) => style.getPropertyValue(name)
  const x = (atMs: number) => width - ((nowMs - atMs) / SPAN_MS) * width
  pen.setTransform(scale, 0, 0, scale, 0, 0)
  pen.clearRect(0, 0, width, height)
  pen.fillStyle = colour('--line')
  LANES.forEach((_, lane) => pen.fillRect(0, (lane + 1) * LANE_PX - 1, width, 1))
  for (let atMs = Math.ceil((nowMs - SPAN_MS) / GRID_MS) * GRID_MS; atMs < nowMs; atMs += GRID_MS)
    pen.fillRect(x(atMs), 0, 1, height)
  for (const call of calls) {
    if (call.atMs < nowMs - SPAN_MS) continue
    const bottom = (LANES.indexOf(call.with) + 1) * LANE_PX - 1
    const tall = 6 + Math.min(1, (call.chars ?? 0) / FULL_CHARS) * (LANE_PX - 10)
    const isBad = (call.status ?? 0) >= 400 || call.retryAfterMs !== undefined
    pen.fillStyle = colour(isBad ? '--bad' : `--${call.with}`)
    if (call.direction === 'out') pen.fillRect(x(call.atMs), bottom - tall, 2, tall)
    else pen.fillRect(x(call.atMs), bottom - LANE_PX + 2, 1, 4)
  }
}
