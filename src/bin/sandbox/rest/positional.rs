//! The old `task.*` methods: values in order of appearance, names ignored.

use crate::answer::Refusal;
use crate::php::Php;

pub struct Arguments<'a> {
    method: &'static str,
    values: Vec<&'a Php>,
}

/// Reserved names were taken out before; whatever is left counts, in the order in which it came.
pub fn arguments<'a>(method: &'static str, params: &'a Php) -> Arguments<'a> {
    Arguments { method, values: params.pairs().iter().map(|(_, value)| value).collect() }
}

impl Arguments<'_> {
    pub fn get(&self, at: usize) -> Option<&Php> {
        self.values.get(at).copied()
    }

    pub fn task_id(&self, at: usize) -> Result<u64, Refusal> {
        let id = self.get(at).and_then(Php::int).and_then(|id| u64::try_from(id).ok());
        id.ok_or_else(|| self.wrong(at, "integer"))
    }

    pub fn fields(&self, at: usize) -> Result<&Php, Refusal> {
        self.get(at).filter(|value| value.is_array()).ok_or_else(|| self.wrong(at, "array"))
    }

    pub fn wrong(&self, at: usize, wanted: &str) -> Refusal {
        Refusal::core(&format!(
            "TASKS_ERROR_EXCEPTION_#256; Param #{at} for method {}() expected to be of type \"{wanted}\", but given \
             something else.; 256/TE/WRONG_ARGUMENTS",
            self.method
        ))
    }
}
