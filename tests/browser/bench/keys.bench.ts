// Decides how long a key takes until its letter is painted, in a note of 20 KB in which a partner types.
//
//     npm run bench            in tests/browser, after `cargo xtask build`; ROUNDS_BIN names the daemon
//
// Two real daemons, paired, and two real pages; beside them a page of automerge-repo's parts whose partner types too, and as the
// floor an empty page with nothing but a text area. As root,
// `chrt -r 1 npm run bench` keeps what else the machine does out of the figures. What is measured, from the moment the browser gives a key's event:
//
// - work: until all that the page does about the key is done, keeping and sending included;
// - frame: until the frame with the letter is made, which includes waiting for the screen's next turn (16.7 ms apart).
//
// Frames that took longer than one turn are counted by the browser's own event timing, too. The figures are printed;
// nothing is asserted about them. `BENCH_KEYS` sets how many keys are measured.
import { expect, paste, shown, test, textOf, truth } from '../kit/school'
import { measured, note, PARTNER_KEY_MS } from './measure'
import { automergeRepo } from './peer'

test('keys in a note of 20 KB', async ({ pair }) => {
  const { ana, ben } = pair
  const when = '2027-03-02T10:15:00+01:00'
  const id = String((await ana.daemon.command('visit', 'propose', '--with', 'Ben', '--when', when))['document'])
  for (const { page } of [ana, ben]) {
    await page.goto(new URL(`#/documents/${id}`, page.url()).href)
    await textOf(page, 'plan').click()
  }
  await paste(ana.page, 'plan', { plain: note() })
  await expect.poll(() => shown(ben.page, 'plan')).toContain('back row')
  await ana.page.keyboard.press('ControlOrMeta+Home')
  await ana.page.keyboard.press('ArrowDown')
  await measured(ana.page, 'a note of 20 KB, alone', { typing: false })

  const partner = { typing: true }
  await ben.page.keyboard.press('ControlOrMeta+End')
  const beside = (async () => {
    while (partner.typing) await ben.page.keyboard.type('and so on. ', { delay: PARTNER_KEY_MS })
  })()
  await measured(ana.page, 'a note of 20 KB, a partner types', partner)

  // The daemon is gone: every letter is kept, beside all that wait already.
  partner.typing = false
  await beside
  await ana.daemon.kill()
  await expect(truth(ana.page)).toContainText('Rounds is not answering')
  await measured(ana.page, 'a note of 20 KB, nothing is saved', partner)

  const peer = await automergeRepo(note())
  const theirs = await ana.page.context().newPage()
  await theirs.goto(peer.url)
  await theirs.locator('.cm-content').click()
  await theirs.keyboard.press('ControlOrMeta+Home')
  const typist = setInterval(() => peer.write('e'), PARTNER_KEY_MS)
  await measured(theirs, 'automerge-repo, a note of 20 KB, a partner types', { typing: true })
  clearInterval(typist)
  peer.end()
  await theirs.close()

  const bare = await ana.page.context().newPage()
  await bare.setContent('<textarea style="width: 40rem; height: 40rem"></textarea>')
  await bare.locator('textarea').fill(note())
  await bare.locator('textarea').focus()
  await bare.keyboard.press('ControlOrMeta+Home')
  await measured(bare, 'the floor: a text area of 20 KB on an empty page', partner)
})
