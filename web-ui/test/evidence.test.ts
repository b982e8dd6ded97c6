// Decides whether the page asks about one's own words alone, and never about what somebody said.
import { expect, test } from 'vitest'
import type { Instrument } from '../src/lib/daemon/types'
import { isOwnEvidence } from '../src/lib/observe/evidence'

const instrument = (id: string, labels: string[] = []): Instrument => ({ id, version: 1, title: id, labels })

test('speech and wondering are left alone, what was seen is asked about', () => {
  const saw = instrument('saw-heard-wonder', ['Vi', 'Oí', 'Me pregunto'])
  expect(['Vi', 'Oí', 'Me pregunto'].map((label) => isOwnEvidence(saw, label, null))).toEqual([true, false, false])
  const focus = instrument('focus-students', ['Did', 'Said', 'Wrote'])
  expect(['Did', 'Said', 'Wrote'].map((label) => isOwnEvidence(focus, label, null))).toEqual([true, false, true])
  const script = instrument('script')
  expect((['teacher', 'student', 'students', 'room'] as const).map((one) => isOwnEvidence(script, null, one))).toEqual([false, false, false, true])
  expect(isOwnEvidence(instrument('selective-verbatim', ['Questions']), 'Questions', null)).toBe(false)
  expect(isOwnEvidence(instrument('interesting-moments'), null, null)).toBe(true)
})
