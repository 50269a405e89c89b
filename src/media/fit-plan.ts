// In which ways may a picture be drawn anew, the best one first? Pure.

import type { ImageLimits } from '../contract/platform.ts'
import type { ImageSize } from './measure.ts'

export interface Plan extends ImageSize {
  readonly format: 'jpeg' | 'png' | 'webp' | 'gif'
  /** 1 to 100; nothing to PNG and GIF. */
  readonly quality: number
  /** What is seen through becomes white. */
  readonly flat: boolean
  /** All frames, not only the first. */
  readonly moves: boolean
}

/** By how much both sides shrink; 1: they may stay. Undefined: no scaling helps, it is too long for its width. */
export function scaleOf({ widthPx, heightPx }: ImageSize, limits: ImageLimits): number | undefined {
  const { maxSidePx = Infinity, maxSidesPx = Infinity, maxRatio = Infinity } = limits
  const [long, short] = widthPx > heightPx ? [widthPx, heightPx] : [heightPx, widthPx]
  if (short <= 0 || long / short > maxRatio) return undefined
  return Math.min(1, maxSidePx / long, maxSidesPx / (long + short))
}

/** At first only what must be is given up; a smaller picture says more than a spoiled one. Our choice. */
const FINE = 85
const STEPS = [
  { shrink: 1, quality: FINE },
  { shrink: 1, quality: 70 },
  { shrink: 0.7, quality: 70 },
  { shrink: 0.5, quality: 60 },
  { shrink: 0.3, quality: 50 },
] as const
/** Their quality cannot be turned down. */
const SHRINKS = [1, 0.7, 0.5, 0.3] as const

/**
 * Transparency stays (PNG, else WebP), and is given up last; pictures without it become JPEG, else PNG or WebP. Moving
 * ones move on (GIF, else WebP), or stand still when they are too large; empty where nothing that moves is allowed.
 */
export function planOf(
  picture: { readonly size: ImageSize; readonly isAnimated: boolean; readonly hasAlpha: boolean },
  limits: ImageLimits,
): readonly Plan[] {
  const { size, isAnimated, hasAlpha } = picture
  const scale = scaleOf(size, limits)
  if (scale === undefined) return []
  const may = (format: Plan['format']): boolean => limits.types.includes(`image/${format}`)
  const lossless = (format: Plan['format'], flat: boolean): readonly Plan[] =>
    may(format)
      ? SHRINKS.flatMap((shrink) => plan({ format, shrink, quality: FINE, flat, moves: false }))
      : []
  const lossy = (format: Plan['format'], flat: boolean): readonly Plan[] =>
    may(format) ? STEPS.flatMap((step) => plan({ format, ...step, flat, moves: false })) : []

  const still = hasAlpha
    ? [...lossless('png', false), ...lossy('webp', false), ...lossy('jpeg', true)]
    : [...lossy('jpeg', true), ...lossless('png', false), ...lossy('webp', false)]
  if (!isAnimated) return still
  const moving = (['gif', 'webp'] as const).find(may)
  if (moving === undefined) return []
  return [
    ...SHRINKS.flatMap((shrink) => plan({ format: moving, shrink, quality: 70, flat: false, moves: true })),
    ...still,
  ]

  function plan({
    shrink,
    ...rest
  }: Omit<Plan, keyof ImageSize> & { readonly shrink: number }): readonly Plan[] {
    const factor = (scale ?? 1) * shrink
    const shrunk = {
      widthPx: Math.max(1, Math.floor(size.widthPx * factor)),
      heightPx: Math.max(1, Math.floor(size.heightPx * factor)),
    }
    // Rounding may have made a narrow one narrower than allowed.
    return scaleOf(shrunk, limits) === 1 ? [{ ...shrunk, ...rest }] : []
  }
}
