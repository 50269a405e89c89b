// Kinds of values that stand in many places of the configuration: ids, numbers, addresses, secrets.

import { z } from 'zod'

/** Accounts, agents, commands are named by their keys. */
export const NAME = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'use letters, digits, "_" and "-", at most 64')

/** Ids may be written without quotes: the YAML reader keeps their digits. */
export const id = () => z.preprocess((v) => (typeof v === 'number' ? String(v) : v), z.string().trim().min(1))
/** A number, or digits that came out of `${env:NAME}`. */
export const whole = (max = 1_000_000_000, min = 0) =>
  z.preprocess(
    (v) => (typeof v === 'string' && /^\d{1,15}$/.test(v) ? Number(v) : v),
    z.number().int().min(min).max(max),
  )
/** The same with a point in it: 0.5. */
export const decimal = (min: number, max: number) =>
  z.preprocess(
    (v) => (typeof v === 'string' && /^\d{1,9}(?:\.\d{1,9})?$/.test(v) ? Number(v) : v),
    z.number().min(min).max(max),
  )
export const yesOrNo = () =>
  z.preprocess((v) => (v === 'true' ? true : v === 'false' ? false : v), z.boolean())
/** A day, or a day with a time; a day means its end, in UTC. */
export const date = () =>
  z
    .string()
    .trim()
    .regex(
      /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/,
      'is no date: write 2026-12-31',
    )
    .refine((text) => !Number.isNaN(Date.parse(text)), 'is no date: write 2026-12-31')
export const secret = () => z.string().trim().min(1).regex(/^\S+$/, 'must not contain spaces or line breaks')
export const webAddress = () =>
  z
    .string()
    .trim()
    .refine(isWebAddress, 'is not an address: it begins with http:// or https://')
    .transform(withoutSlash)

export function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
}

export function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '')
}
