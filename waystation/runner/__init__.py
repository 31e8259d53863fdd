"""A suite run through DVC, several stages at once.

What is used of DVC (3.67.1, pinned in requirements.txt) that its documents do not name, and why.
All of it is replaced in the runner's own processes alone: an installed DVC stays as it is.

- `dvc_graph`: `Index.from_file`, `get_active_graph`, `plan_repro`, `Stage.status` and
  `Lockfile.lockfile_contents` say what a suite consists of and what is out of date, without the
  other suites. `dependency.param.load_path` is cached, as DVC parses params.yaml for each stage.
- `dvc_graph.PatientLock`: `Lock._do_lock` tries once; `Lock.lock` naps half a second between tries
  and gives up.
- `dvc_stage`: `Repo.reproduce` runs one stage. `stage.run._run` starts its command; a worker does
  instead. `tqdm._instances` holds the runner's bar, which DVC would draw again.
- `stored_results`: `Output.workspace_status` and `Output.commit` hold an unpacked output against
  dvc.lock and put the output into the cache.
- `remote`: `StageCache.transfer` gets the run cache; `StageCache.pull` would for every stage.
- `lock_file`: `Lockfile.dump_stages` records a stage; `stage.serialize.to_lockfile` says what.
- `changes`: `Output.get_obj`, `Output.hash_info` and `dvc_data`'s `build` list the files of a
  folder, recorded and present.
"""
