//! Cases of the Disruption page: what is offered, a case from the wire, its result on the wire.

use crate::fault::Answered;
use crate::wire::lab::*;
use crate::wire::{Named, Number, OwnValue, Sentence};
use lode_catalogue::{Mistake, Report};
use lode_study::lab::{self, Case, File, Lab, Licence, Name, Outlook, Reach, View};
use serde_json::json;
use std::time::Duration;

/// What the user holds, as cases take it.
pub fn own(values: &[OwnValue]) -> Vec<lab::OwnAmount> {
    // A value in place of a record has already come to the market through the package.
    let beside = values.iter().filter(|value| value.replaces.is_none());
    let own = beside.map(|value| lab::OwnAmount {
        kind: value.kind.clone(),
        form: value.form.clone(),
        holder: value.holder.clone(),
        value: value.value,
        low: value.low.unwrap_or(value.value),
        high: value.high.unwrap_or(value.value),
        unit: value.unit.clone(),
    });
    own.collect()
}

/// A case of the wire, or everything that cannot be read in it.
pub fn case(sent: &LabScenario) -> Result<Case, Report> {
    let mut report = Report::new();
    let mut wrong = |column: &str, message: String, hint: &str| {
        report.push(Mistake::in_file("", message).column(column).hint(hint.to_owned()));
    };
    let mut month = |column: &str, text: &str| match lode_study::lab::month(text) {
        Some(month) => Some(month),
        None => {
            wrong(column, format!("`{text}` is no month"), "write a month as 2027-01");
            None
        }
    };
    let start = month("shock.start", &sent.shock.start);
    let levers_from = sent.levers_from.as_deref().map(|text| month("levers_from", text));
    let licence = Licence::ALL.into_iter().find(|(_, word)| *word == sent.shock.licence).map(|(licence, _)| licence);
    if licence.is_none() {
        wrong("shock.licence", format!("`{}` is no kind of licence", sent.shock.licence), "none, case or general");
    }
    let reach = Reach::ALL.into_iter().find(|(_, word)| *word == sent.shock.reach).map(|(reach, _)| reach);
    if reach.is_none() {
        wrong("shock.reach", format!("`{}` is nobody", sent.shock.reach), "country or everybody");
    }
    if sent.case.is_some() && sent.file.is_none() {
        wrong("case", "a case belongs to a file, and no file is named".into(), "name the file, or leave the case out");
    }
    let (Some(start), Some(licence), Some(reach), true) = (start, licence, reach, report.is_empty()) else {
        return Err(report);
    };
    Ok(Case {
        country: sent.country.clone(),
        file: sent.file.clone().map(|id| File { id, case: sent.case.clone() }),
        shock: lab::Shock {
            exporter: sent.shock.exporter.clone(),
            forms: sent.shock.forms.clone(),
            cut: lab::Spread { low: sent.shock.cut.low, mid: sent.shock.cut.mid, high: sent.shock.cut.high },
            start,
            months: (sent.shock.months.low, sent.shock.months.high),
            licence,
            reach,
        },
        levers: sent.levers.iter().map(|lever| (lever.id.clone(), lever.level)).collect(),
        levers_from: levers_from.flatten(),
        overrides: sent.overrides.iter().map(|number| (number.id.clone(), number.value)).collect(),
        replicates: sent.replicates,
        seed: sent.seed,
        horizon: sent.horizon,
    })
}

/// A name on the wire.
pub fn named(name: &Name) -> Named {
    Named { id: name.id.clone(), name_en: name.en.clone(), name_ja: name.ja.clone() }
}

fn scenario(lab: &Lab, id: Option<&str>, case: &Case) -> LabScenario {
    let forms = &lab.session().world.market.forms;
    let commodity = |form: &String| forms.iter().find(|known| known.id.as_str() == form);
    let mut commodities: Vec<String> =
        case.shock.forms.iter().filter_map(commodity).map(|form| form.commodity.to_string()).collect();
    commodities.dedup();
    let word = |found: Option<&'static str>| found.unwrap_or("").to_owned();
    LabScenario {
        id: id.map(str::to_owned),
        country: case.country.clone(),
        file: case.file.as_ref().map(|file| file.id.clone()),
        case: case.file.as_ref().and_then(|file| file.case.clone()),
        shock: Shock {
            exporter: case.shock.exporter.clone(),
            commodities,
            forms: case.shock.forms.clone(),
            cut: Spread { low: case.shock.cut.low, mid: case.shock.cut.mid, high: case.shock.cut.high },
            start: case.shock.start.to_string(),
            months: Between { low: case.shock.months.0, high: case.shock.months.1 },
            licence: word(Licence::ALL.into_iter().find(|(kind, _)| *kind == case.shock.licence).map(|(_, word)| word)),
            reach: word(Reach::ALL.into_iter().find(|(reach, _)| *reach == case.shock.reach).map(|(_, word)| word)),
        },
        levers: case.levers.iter().map(|(id, level)| LeverLevel { id: id.clone(), level: *level }).collect(),
        levers_from: case.levers_from.map(|month| month.to_string()),
        overrides: case.overrides.iter().map(|(id, value)| Override { id: id.clone(), value: *value }).collect(),
        replicates: case.replicates,
        seed: case.seed,
        horizon: case.horizon,
    }
}

/// What the page starts from, and its answer.
pub fn scenarios(lab: &Lab, country: &str) -> Answered<Scenarios> {
    let offer = lab.offer(country)?;
    let origins: Vec<String> = offer.origins.iter().map(ToString::to_string).collect();
    let share = |value: f64| Number {
        value: Some(value),
        unit: "share".into(),
        basis: Some("value of imports of the market's base year".into()),
        quality: Some(offer.quality.word().into()),
        origins: origins.clone(),
        ..Number::default()
    };
    let offered = offer.cases.iter().map(|offered| OfferedCase {
        id: offered.name.id.clone(),
        name_en: offered.name.en.clone(),
        name_ja: offered.name.ja.clone(),
        about_en: offered.about.en.clone(),
        about_ja: offered.about.ja.clone(),
        scenario: scenario(lab, Some(&offered.name.id), &offered.case),
        events: offered
            .events
            .iter()
            .map(|event| Happening {
                id: event.name.id.clone(),
                name_en: event.name.en.clone(),
                name_ja: event.name.ja.clone(),
                kind: event.kind.to_owned(),
                start: event.start.clone(),
                origins: event.origins.clone(),
            })
            .collect(),
        cases: offered.cases.iter().map(named).collect(),
        unknown: offered
            .unknown
            .iter()
            .map(|unknown| NotStated {
                text_en: unknown.text.en.clone(),
                text_ja: unknown.text.ja.clone(),
                origins: unknown.origins.clone(),
            })
            .collect(),
        share: offered.share.map(share),
    });
    let levers = offer.levers.iter().map(|lever| Lever {
        id: lever.name.id.clone(),
        name_en: lever.name.en.clone(),
        name_ja: lever.name.ja.clone(),
        unit: lever.unit.to_owned(),
        low: lever.low,
        high: lever.high,
        step: lever.step,
        rest: lever.rest,
        level: lever.rest,
        quality: lever.quality.word().to_owned(),
        origins: lever.origins.clone(),
        reason: lever.reason.to_owned(),
    });
    let forms = offer.forms.iter().map(|form| LabForm {
        id: form.name.id.clone(),
        name_en: form.name.en.clone(),
        name_ja: form.name.ja.clone(),
        commodity: form.commodity.clone(),
        stage: super::chain::stage(form.stage),
        chain: form.chain.clone(),
    });
    Ok(Scenarios {
        scenarios: offered.collect(),
        levers: levers.collect(),
        forms: forms.collect(),
        exporters: offer.exporters,
    })
}

fn side(view: &View, outlook: &Outlook) -> CaseResult {
    let fans =
        |of: &lab::FormFans| FormFans { form: of.form.clone(), fans: of.fans.clone(), origins: of.origins.clone() };
    let price = |of: &lab::Prices| Prices {
        form: of.form.clone(),
        spot: of.spot.clone(),
        paid: of.paid.clone(),
        inside: of.inside.clone(),
        unit: "USD/kg",
        events: of
            .base
            .map(|value| PriceMark {
                t: outlook.months.first().copied().unwrap_or(0),
                value,
                label: Sentence::new("mark.base_price").with("year", outlook.base_year),
                origins: of.origins.clone(),
            })
            .into_iter()
            .collect(),
        origins: of.origins.clone(),
    };
    let lost = |of: &lab::Lost| Lost {
        industry: of.industry.id.clone(),
        name_en: of.industry.en.clone(),
        name_ja: of.industry.ja.clone(),
        fans: of.fans.clone(),
    };
    let run_out = |of: &lab::RunOut| RunOut {
        form: of.form.clone(),
        uses: of.uses.iter().map(named).collect(),
        days: of.days.clone(),
        origins: of.origins.clone(),
    };
    let [q10, q50, q90] = view.loss.band;
    let by_industry = view.loss.by_industry.iter().map(|(industry, [q10, q50, q90])| IndustryLoss {
        industry: industry.id.clone(),
        name_en: industry.en.clone(),
        name_ja: industry.ja.clone(),
        q10: *q10,
        q50: *q50,
        q90: *q90,
    });
    CaseResult {
        cover: view.cover.iter().map(fans).collect(),
        price: view.price.iter().map(price).collect(),
        lost: view.lost.iter().map(lost).collect(),
        run_out: view.run_out.iter().map(run_out).collect(),
        loss: Loss {
            unit: outlook.currency,
            months: outlook.loss_months,
            dots: view.loss.dots.clone(),
            q10,
            q50,
            q90,
            by_industry: by_industry.collect(),
        },
    }
}

/// The middle of fifty futures, in months; nothing if it lies beyond the run.
fn middle(line: &lab::RunOut) -> Option<f64> {
    let at = |place: usize| line.days.get(place).copied().flatten();
    Some((at(24)? + at(25)?) / 2.0 * 12.0 / 365.25)
}

/// What a case shows, its answer in a sentence, and what to mistrust.
pub fn result(
    lab: &Lab,
    sent: &LabScenario,
    outlook: &Outlook,
    spent: Duration,
) -> (LabResult, Sentence, Vec<Sentence>) {
    let horizon = outlook.months.last().copied().unwrap_or(0);
    let lines: Vec<(&lab::RunOut, f64)> =
        outlook.with.run_out.iter().filter_map(|line| Some((line, middle(line)?))).collect();
    let form = |line: &lab::RunOut| json!({ "form": line.form });
    let answer = match lines[..] {
        [] => Sentence::new("lab.answer.nothing").with("horizon", horizon),
        [(first, months)] => {
            Sentence::new("lab.answer.first").with("first", form(first)).with("months", json!({ "months": months }))
        }
        [(first, months), (second, later), ..] => Sentence::new("lab.answer.first_second")
            .with("first", form(first))
            .with("months", json!({ "months": months }))
            .with("second", form(second))
            .with("later", json!({ "months": later - months })),
    };
    let mut warnings = vec![Sentence::new("warning.lab_base").with("year", outlook.base_year)];
    if outlook.how.whole_months {
        warnings.insert(0, Sentence::new("warning.lab_months"));
    }
    if !outlook.how.regions.is_empty() {
        warnings.insert(0, Sentence::new("warning.lab_focus").with("count", outlook.how.regions.len()));
    }
    if let Some(region) = &outlook.acts_as {
        let sentence = Sentence::new("warning.lab_acts_as").country("country", &outlook.case.country);
        warnings.push(sentence.country("region", region));
    }
    if outlook.looks_at_exporter {
        warnings.push(Sentence::new("warning.lab_own_exports").country("country", &outlook.case.country));
    }
    for idle in &outlook.how.idle {
        warnings.push(Sentence::new("warning.lab_idle").with("lever", format!("lever.{idle}")));
    }
    for stock in &outlook.how.own.stocks {
        warnings.push(Sentence::new("warning.lab_own_stock").with("form", json!({ "form": stock })));
    }
    for contract in &outlook.how.own.contracts {
        warnings.push(Sentence::new("warning.lab_own_contract").with("form", json!({ "form": contract })));
    }
    for (kind, form) in &outlook.how.own.unused {
        let sentence = Sentence::new("warning.lab_own_unused").with("kind", format!("values.kind.{kind}"));
        warnings.push(sentence.with("form", json!({ "form": form })));
    }
    if outlook.currency == "JPY"
        && let Some(rate) = lab.session().world.assumptions.get("loss.yen-per-dollar")
    {
        let value = rate.quantity.value.unwrap_or(0.0);
        warnings.push(Sentence::new("warning.lab_yen").with("rate", value));
    }
    let published = outlook.published.iter().map(|published| PublishedLoss {
        who: published.who.clone(),
        months: published.months,
        what: published.what.clone(),
        printed: published.printed.clone(),
        num: Number {
            value: Some(published.billion_yen * 1e9),
            unit: "JPY".into(),
            quality: Some(published.quality.word().into()),
            as_of: crate::wire::some(&published.period),
            origins: vec![published.origin.to_string()],
            note: crate::wire::some(&published.note),
            ..Number::default()
        },
    });
    let marks = outlook.observed.iter().map(|seen| Mark {
        day: seen.days,
        label: Sentence::new("mark.first_stop").with("year", seen.year.clone()).with("day", seen.days),
        origins: vec![seen.origin.clone()],
    });
    let assumptions = outlook.assumptions.iter().map(|assumption| Assumption {
        id: assumption.name.id.clone(),
        name_en: assumption.name.en.clone(),
        name_ja: assumption.name.ja.clone(),
        unit: assumption.unit.clone(),
        value: assumption.value,
        low: assumption.low,
        high: assumption.high,
        quality: assumption.quality.word().to_owned(),
        reason: assumption.reason.clone(),
        origins: assumption.origins.clone(),
        matters: assumption.matters,
        overridden: assumption.overridden,
    });
    let result = LabResult {
        scenario: scenario(lab, sent.id.as_deref(), &outlook.case),
        done: outlook.done,
        first: outlook.first.clone(),
        t: outlook.months.clone(),
        case: side(&outlook.with, outlook),
        base: side(&outlook.without, outlook),
        published: published.collect(),
        marks: marks.collect(),
        assumptions: assumptions.collect(),
        base_year: outlook.base_year,
        regions: outlook.how.regions.clone(),
        command: lab.command(&outlook.case),
        seconds: spent.as_secs_f64(),
        engine_milliseconds: spent.as_secs_f64() * 1000.0,
    };
    (result, answer, warnings)
}
