//! The configuration that ships, embedded in the program.

use std::path::{Path, PathBuf};

/// Files of `config/platform`.
static PLATFORM: include_dir::Dir<'static> =
    include_dir::include_dir!("$CARGO_MANIFEST_DIR/../config/platform");

/// Writes the shipped configuration into a folder; files of the same names are replaced.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Path) -> Result<(), std::io::Error> {
    std::fs::create_dir_all(folder)?;
    PLATFORM.extract(folder)
}

/// The files of the shipped configuration: path inside its folder, and text.
#[must_use]
pub fn files() -> Vec<(PathBuf, &'static str)> {
    let mut files = Vec::new();
    let mut folders = vec![&PLATFORM];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        let texts = folder.files().filter_map(|file| Some((file.path().to_owned(), file.contents_utf8()?)));
        files.extend(texts);
    }
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use hub::ontology::{FieldType, Scheme, Sensitivity};

    fn ontology() -> std::sync::Arc<hub::ontology::Ontology> {
        let folder = tempfile::tempdir().unwrap();
        super::write(folder.path()).unwrap();
        std::fs::write(folder.path().join("person.key"), "a key of the tests alone").unwrap();
        let sound = crate::judge::judge(folder.path(), &config::Overrides::default());
        let sound = sound.unwrap_or_else(|problems| {
            panic!("{}", problems.iter().map(|one| one.render(messages::Lang::En)).collect::<String>())
        });
        sound.ontology
    }

    /// No word of ours that stands where names of people stand by mistake is taken for one.
    #[test]
    fn words_of_code_lists_and_labels_are_no_names() {
        let ontology = ontology();
        let mut words: Vec<&str> = Vec::new();
        for list in ontology.lists.values() {
            words.push(&list.label.zh);
            for (code, entry) in list.editions.values().flatten() {
                words.extend([code.as_str(), entry.label.zh.as_str()]);
            }
            words.extend(list.translations.values().flat_map(|one| one.map.keys()).map(String::as_str));
        }
        for kind in &ontology.kinds {
            words.push(&kind.label.zh);
            words.extend(kind.fields.iter().map(|field| field.label.zh.as_str()));
        }
        assert!(words.len() > 1_000, "{} only", words.len());
        let names: Vec<&&str> = words.iter().filter(|word| codes::is_person_name(word)).collect();
        assert!(names.is_empty(), "{names:?}");
    }

    /// Whom a telephone rings and whose number it is are personal: they leave masked, whoever asks.
    #[test]
    fn telephones_and_id_numbers_are_personal() {
        let ontology = ontology();
        let of_kinds =
            ontology.kinds.iter().flat_map(|kind| kind.fields.iter().map(|field| (&kind.id, field)));
        let of_entities = ontology
            .entities
            .iter()
            .flat_map(|entity| entity.fields.iter().map(|golden| (&entity.id, &golden.field)));
        let mut n_seen = 0;
        for (kind, field) in of_kinds.chain(of_entities) {
            let is_of_people =
                matches!(field.field_type, FieldType::Phone | FieldType::Identifier(Scheme::ResidentId));
            n_seen += usize::from(is_of_people);
            assert!(
                !is_of_people || field.sensitivity == Sensitivity::Personal,
                "{kind}.{} is {:?}",
                field.id,
                field.sensitivity
            );
        }
        assert!(n_seen > 10, "{n_seen} only");
    }

    #[test]
    fn all_files_are_told() {
        let folder = tempfile::tempdir().unwrap();
        super::write(folder.path()).unwrap();
        let files = super::files();
        assert!(files.iter().any(|(path, _)| path.ends_with("registry.toml")) && files.len() > 40);
        for (path, text) in files {
            assert_eq!(
                std::fs::read_to_string(folder.path().join(&path)).unwrap(),
                text,
                "{}",
                path.display()
            );
        }
    }
}
