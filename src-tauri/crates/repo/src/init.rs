//! A repository's beginning: a new one from files, or the first commit of an empty one.

use std::path::{Path, PathBuf};

use crate::open::blocking;
use crate::{Error, Identity, Oid, Repo, Result};

impl Repo {
    /// Makes a repository with the branch `main` and one commit that holds exactly `files` (path
    /// within the repository, content). The folder must be absent or empty.
    pub async fn init(folder: &Path, files: &[(PathBuf, &[u8])], message: &str) -> Result<Repo> {
        let folder = folder.to_owned();
        let message = message.to_owned();
        let files: Vec<(PathBuf, Vec<u8>)> =
            files.iter().map(|(path, content)| (path.clone(), content.to_vec())).collect();
        blocking(move || {
            const DOING: &str = "make a repository";
            let taken = std::fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some());
            if taken {
                return Err(Error::PathTaken { path: folder });
            }
            for (path, content) in &files {
                let path = folder.join(path);
                let parent = path.parent().unwrap_or(&folder);
                std::fs::create_dir_all(parent).map_err(Error::io("Making a folder", parent))?;
                std::fs::write(&path, content).map_err(Error::io("Writing a file", &path))?;
            }
            let mut options = git2::RepositoryInitOptions::new();
            options.initial_head("main").external_template(false).mkpath(true);
            let git = git2::Repository::init_opts(&folder, &options).map_err(Error::read(DOING))?;
            let mut index = git.index().map_err(Error::read(DOING))?;
            for (path, _) in &files {
                index.add_path(path).map_err(Error::read(DOING))?;
            }
            index.write().map_err(Error::read(DOING))?;
            commit_index(&git, &mut index, &message)?;
            Repo::open(&folder)
        })
        .await
    }

    /// Gives a repository without commits an empty first one; files stay as they are.
    pub async fn first_commit(folder: &Path) -> Result<Oid> {
        let folder = folder.to_owned();
        blocking(move || {
            let git = git2::Repository::discover(&folder).map_err(Error::read("open the repository"))?;
            if let Ok(head) = git.head().and_then(|head| head.peel_to_commit()) {
                return Ok(Oid(head.id()));
            }
            let mut empty = git2::Index::new().map_err(Error::read("make a first commit"))?;
            commit_index(&git, &mut empty, "First commit")
        })
        .await
    }
}

fn commit_index(git: &git2::Repository, index: &mut git2::Index, message: &str) -> Result<Oid> {
    const DOING: &str = "make a first commit";
    let tree = index.write_tree_to(git).and_then(|tree| git.find_tree(tree)).map_err(Error::read(DOING))?;
    let fallback = Identity::fallback();
    let who = git
        .signature()
        .or_else(|_| git2::Signature::now(&fallback.name, &fallback.email))
        .map_err(Error::read(DOING))?;
    git.commit(Some("HEAD"), &who, &who, message, &tree, &[]).map(Oid).map_err(Error::read(DOING))
}
