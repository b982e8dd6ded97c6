// The smallest page of automerge-repo's own parts that does what a note does in Rounds: its words kept in the browser, edited with
// CodeMirror as Markdown, and shared through a server. Opened as /#<document's url>.
import wasm from '@automerge/automerge/automerge.wasm?url'
import { next as Automerge } from '@automerge/automerge/slim'
import { Repo } from '@automerge/automerge-repo/slim'
import { automergeSyncPlugin } from '@automerge/automerge-codemirror'
import { WebSocketClientAdapter } from '@automerge/automerge-repo-network-websocket'
import { IndexedDBStorageAdapter } from '@automerge/automerge-repo-storage-indexeddb'
import { markdown } from '@codemirror/lang-markdown'
import { EditorView, basicSetup } from 'codemirror'

await Automerge.initializeWasm(wasm)
const repo = new Repo({
  network: [new WebSocketClientAdapter(`ws://${location.hostname}:${new URLSearchParams(location.search).get('sync')}`)],
  storage: new IndexedDBStorageAdapter(),
})
// Only what this browser does not hold yet must wait for the server.
if (!localStorage.getItem('held')) await repo.networkSubsystem.whenReady()
const handle = await repo.find(location.hash.slice(1))
localStorage.setItem('held', 'yes')
new EditorView({
  doc: handle.doc().text,
  extensions: [basicSetup, markdown(), EditorView.lineWrapping, automergeSyncPlugin({ handle, path: ['text'] })],
  parent: document.getElementById('note'),
})
