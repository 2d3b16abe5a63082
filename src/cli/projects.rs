//! Projects of the account: what was sliced or printed over the cloud.

use super::{
    Global,
    account::{failed, signed_in},
    history::format_timestamp,
    output::{FAILED, Failure, OK, note, print, print_json},
    table::columns,
};
use crate::{
    protocol::rest::{
        Id, paging,
        projects::{Plate, PlateFilament, Project, ProjectProfile},
    },
    ui::text,
};
use clap::Args;
use serde::Serialize;
use std::collections::HashSet;

/// Projects on a page.
const PAGE: u32 = 50;

/// Which projects, and how they are printed.
#[derive(Debug, Clone, Args)]
pub(super) struct ProjectsOptions {
    /// One project with its plates, by its id
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Which page of the list, from 1; nobody has confirmed that the cloud has pages
    #[arg(long, value_name = "N", conflicts_with = "id", value_parser = clap::value_parser!(u32).range(1..))]
    page: Option<u32>,
    /// JSON instead of a table
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(global: &Global, options: &ProjectsOptions) -> Result<u8, Failure> {
    let cloud = signed_in(global)?.cloud;
    if let Some(id) = &options.id {
        let project = cloud.project(&Id::new(id)).await.map_err(|e| failed(&e))?;
        if options.json {
            print_json(&ProjectJson::whole(&project))?;
        } else {
            print(&detail(&project))?;
        }
        return Ok(OK);
    }
    let page = options.page.map(|page| (page, PAGE));
    let mut projects = cloud.projects(page).await.map_err(|e| failed(&e))?;
    let came = !projects.is_empty();
    if let Some(page @ 2..) = options.page {
        let mut known = HashSet::new();
        for earlier in [1, page - 1].iter().take(page as usize - 1) {
            let list = cloud.projects(Some((*earlier, PAGE))).await.map_err(|e| failed(&e))?;
            known.extend(list.into_iter().filter_map(|project| project.id));
        }
        projects = paging::fresh(projects, None, &mut known, |project| project.id.as_ref());
    }
    let again = came && projects.is_empty();
    if options.json {
        print_json(&projects.iter().map(ProjectJson::head).collect::<Vec<_>>())?;
    } else if projects.is_empty() && !again {
        match options.page {
            Some(page @ 2..) => note(&format!("there are no projects on page {page}")),
            _ => note("the account has no projects"),
        }
    } else if !again {
        let head = ["changed", "project", "status", "id"].map(str::to_owned);
        let row = |project: &Project| {
            [
                format_timestamp(project.updated.or(project.created).map(|at| at.0)),
                shown(project.name.as_ref()),
                shown(project.status.as_ref()),
                project.id.as_ref().map_or_else(|| "—".to_owned(), ToString::to_string),
            ]
        };
        let rows: Vec<_> = [head].into_iter().chain(projects.iter().map(row)).collect();
        print(&columns(&rows).join("\n"))?;
    }
    if let Some(page) = options.page.filter(|_| again) {
        note(&format!("the cloud has no page {page} of its own; it gave an earlier page again"));
        return Ok(FAILED);
    }
    Ok(OK)
}

fn shown(text: Option<&String>) -> String {
    text.filter(|text| !text.is_empty()).cloned().unwrap_or_else(|| "—".to_owned())
}

fn plates(profile: &ProjectProfile) -> impl Iterator<Item = &Plate> {
    profile.context.iter().flat_map(|context| context.plates.iter().flatten())
}

fn detail(project: &Project) -> String {
    let mut lines = vec![shown(project.name.as_ref())];
    for profile in project.profiles.iter().flatten() {
        let names = [&profile.name, &profile.filename].into_iter().flatten();
        lines.extend(names.filter(|name| !name.is_empty()).take(1).map(|name| format!("  {name}")));
        for plate in plates(profile) {
            let index = plate.index.map_or_else(|| "—".to_owned(), |n| n.to_string());
            let time = plate.prediction_s.map(|s| text::minutes(u32::try_from(s.max(0) / 60).unwrap_or(u32::MAX)));
            let grams = plate.grams.map(|g| format!("{g:.1} g"));
            let objects = plate.objects.as_ref().map(|list| format!("{} objects", list.len()));
            let facts: Vec<_> = [time, grams, objects].into_iter().flatten().collect();
            lines.push(format!("    plate {index}: {}", facts.join(", ")));
            lines
                .extend(plate.filaments.iter().flatten().map(|filament| format!("      {}", filament_words(filament))));
        }
    }
    lines.join("\n")
}

fn filament_words(filament: &PlateFilament) -> String {
    let color = filament.color.as_deref().and_then(crate::state::printer::ams::Rgba::parse);
    let parts = [
        Some(shown(filament.kind.as_ref())),
        color.map(|color| format!("{} {}", color.name(), color.hex())),
        filament.grams.map(|grams| format!("{grams:.1} g")),
        filament.metres.map(|metres| format!("{metres:.1} m")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A project. Null where the cloud does not say.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct ProjectJson<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    status: Option<&'a str>,
    model_id: Option<&'a str>,
    /// In seconds since 1970.
    created_unix: Option<i64>,
    /// In seconds since 1970.
    updated_unix: Option<i64>,
    /// Of one project; no list has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    profiles: Option<Vec<ProfileJson<'a>>>,
}

/// A profile: the project sliced for a printer.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct ProfileJson<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    file: Option<&'a str>,
    status: Option<&'a str>,
    /// Product or model.
    printer: Option<&'a str>,
    /// In mm.
    nozzle_diameter: Option<f64>,
    plates: Vec<PlateJson<'a>>,
}

/// A plate of a profile.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct PlateJson<'a> {
    /// Its number, from 1.
    plate: Option<i64>,
    name: Option<&'a str>,
    /// The slicer's estimate.
    seconds: Option<i64>,
    grams: Option<f64>,
    filaments: Vec<PlateFilamentJson<'a>>,
    objects: Vec<PlateObjectJson<'a>>,
}

/// A filament of a plate.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct PlateFilamentJson<'a> {
    /// Number in the file.
    id: Option<i64>,
    material: Option<&'a str>,
    color: Option<&'a str>,
    grams: Option<f64>,
    metres: Option<f64>,
}

/// An object of a plate.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct PlateObjectJson<'a> {
    id: Option<i64>,
    name: Option<&'a str>,
}

impl<'a> ProjectJson<'a> {
    /// As a list has it.
    fn head(project: &'a Project) -> Self {
        Self {
            id: project.id.as_ref().map(Id::as_str),
            name: project.name.as_deref(),
            status: project.status.as_deref(),
            model_id: project.model.as_ref().map(Id::as_str),
            created_unix: project.created.map(|at| at.0),
            updated_unix: project.updated.map(|at| at.0),
            profiles: None,
        }
    }

    /// With its plates.
    fn whole(project: &'a Project) -> Self {
        let profiles = project.profiles.iter().flatten().map(ProfileJson::from).collect();
        Self { profiles: Some(profiles), ..Self::head(project) }
    }
}

impl<'a> From<&'a ProjectProfile> for ProfileJson<'a> {
    fn from(profile: &'a ProjectProfile) -> Self {
        let printer = profile.context.as_ref().and_then(|context| context.compatibility.as_ref());
        Self {
            id: profile.id.as_ref().map(Id::as_str),
            name: profile.name.as_deref(),
            file: profile.filename.as_deref(),
            status: profile.status.as_deref(),
            printer: printer.and_then(|printer| printer.product.as_deref().or(printer.model.as_deref())),
            nozzle_diameter: printer.and_then(|printer| printer.nozzle_diameter),
            plates: plates(profile).map(PlateJson::from).collect(),
        }
    }
}

impl<'a> From<&'a Plate> for PlateJson<'a> {
    fn from(plate: &'a Plate) -> Self {
        let filament = |filament: &'a PlateFilament| PlateFilamentJson {
            id: filament.id,
            material: filament.kind.as_deref(),
            color: filament.color.as_deref(),
            grams: filament.grams,
            metres: filament.metres,
        };
        let objects = plate.objects.iter().flatten();
        Self {
            plate: plate.index,
            name: plate.name.as_deref(),
            seconds: plate.prediction_s,
            grams: plate.grams,
            filaments: plate.filaments.iter().flatten().map(filament).collect(),
            objects: objects.map(|o| PlateObjectJson { id: o.identify_id, name: o.name.as_deref() }).collect(),
        }
    }
}
