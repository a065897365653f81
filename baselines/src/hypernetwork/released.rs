//! The checkpoints that the authors released: what `torch.save` wrote, under its published key names (M136–M138).

use std::path::Path;

use bench::VectorKind;
use tch::{Device, Kind};

use super::network::{Architecture, Checkpoint, Reads, StepInput};
use super::{AdapterShape, HeadOptions, StateOptions};
use crate::adapter::{BranchInput, Module, Sharing};
use crate::error::{Error, Result};
use crate::model::{Config, Parameters};
use crate::torch_file::{Node, Program, TorchFile};

/// The α of every published run (M49, M134).
const ALPHA: f64 = 32.0;

impl Checkpoint {
    /// Reads a released checkpoint for the base model `base`, onto `device`: Code2LoRA-Static of either generation or
    /// Code2LoRA-Evo. Nothing in the file is run; tensors of 16 bits are widened.
    ///
    /// # Errors
    /// If the file cannot be read, is none of the three, was made for another base model, or holds other tensors than its
    /// configuration says.
    pub fn open_released(path: &Path, base: &Config, device: Device) -> Result<Self> {
        let file = TorchFile::open(path)?;
        let released = Released { path, program: file.program(), base };
        let root = file.program().root();
        let (architecture, kind, parts) = if released.field(root, "gru_state").is_some() {
            let parts = vec![("gru_state", "gru_state."), ("head_state", "head_state.")];
            (released.evo(root)?, VectorKind::RepoStateG2, parts)
        } else if released.field(root, "hypernet_state_dict").is_some() {
            let head = released.head(root, "hypernet_config")?;
            (Architecture::Static { head }, VectorKind::StaticG1, vec![("hypernet_state_dict", "")])
        } else if released.field(root, "state_dict").is_some() {
            let head = released.head(root, "config")?;
            (Architecture::Static { head }, VectorKind::RepoStateG2, vec![("state_dict", "")])
        } else {
            let reason = "it holds neither state_dict, nor hypernet_state_dict, nor gru_state";
            return Err(Error::TorchFile { path: path.to_owned(), reason: reason.to_owned() });
        };
        let mut parameters = Parameters::new();
        for (part, prefix) in parts {
            for (name, node) in file.program().entries(released.need(root, part)?) {
                let Node::Tensor(stored) = node else {
                    return Err(Error::weight(path, name, "is no tensor"));
                };
                let tensor = file.tensor(stored)?.to_kind(Kind::Float).to_device(device);
                parameters.insert(format!("{prefix}{name}"), tensor);
            }
        }
        let network = architecture.build(path, parameters)?;
        // M15 and M22: the first generation's vectors never read tests, the second's always.
        let exclude_tests = kind == VectorKind::StaticG1;
        Ok(Self { architecture, reads: Reads { kind, exclude_tests, encoder: None }, network })
    }
}

struct Released<'a> {
    path: &'a Path,
    program: &'a Program,
    base: &'a Config,
}

impl<'a> Released<'a> {
    fn field(&self, map: &'a Node, name: &str) -> Option<&'a Node> {
        self.program.field(map, name)
    }

    fn need(&self, map: &'a Node, name: &str) -> Result<&'a Node> {
        self.field(map, name).ok_or_else(|| self.refuse(format!("it lacks `{name}`")))
    }

    fn refuse(&self, reason: String) -> Error {
        Error::TorchFile { path: self.path.to_owned(), reason }
    }

    fn whole(&self, map: &'a Node, name: &str) -> Result<i64> {
        match self.need(map, name)? {
            Node::Whole(number) if *number > 0 => Ok(*number),
            other => Err(self.refuse(format!("`{name}` is {other:?}, not a positive number"))),
        }
    }

    fn head(&self, root: &'a Node, config: &str) -> Result<HeadOptions> {
        let config = self.need(root, config)?;
        if let Some(Node::Whole(tasks)) = self.field(config, "num_tasks")
            && *tasks > 1
        {
            return Err(
                self.refuse(format!("it was trained for {tasks} kinds of tasks at once (M62); only one is read"))
            );
        }
        let adapter = AdapterShape::new(self.base, self.whole(config, "rank")?, self.alpha(root));
        if let Some(widths) = self.field(config, "type_dims").or_else(|| self.field(root, "type_dims")) {
            self.check_widths(widths, &adapter)?;
        }
        Ok(HeadOptions {
            context: self.whole(config, "input_dim")?,
            hidden: self.whole(config, "hidden_dim")?,
            adapter,
            input: BranchInput::Detached,
            sharing: Sharing::Shared,
        })
    }

    fn evo(&self, root: &'a Node) -> Result<Architecture> {
        let config = self.need(root, "gru_config")?;
        let state = StateOptions {
            step_input: self.whole(config, "diff_input_dim")?,
            initial_input: self.whole(config, "repo_state_dim")?,
            hidden: self.whole(config, "hidden_dim")?,
        };
        let step = match self.field(root, "per_step_input") {
            None | Some(Node::Nothing) => StepInput::Diff,
            Some(Node::Text(text)) if text == "diff" => StepInput::Diff,
            Some(Node::Text(text)) if text == "repo_state" => StepInput::RepoState,
            Some(Node::Text(text)) if text == "concat" => StepInput::Concat,
            Some(other) => {
                return Err(self.refuse(format!("`per_step_input` is {other:?}, not diff, repo_state or concat")));
            }
        };
        let head = self.head(root, "head_config")?;
        Ok(Architecture::Evo { state, step, reads_before: false, head })
    }

    /// α, if the arguments of the run say it.
    fn alpha(&self, root: &'a Node) -> f64 {
        let args = self.field(root, "args");
        let said = ["alpha", "lora_alpha"].iter().find_map(|name| self.field(args?, name));
        match said {
            Some(Node::Float(alpha)) => *alpha,
            Some(Node::Whole(alpha)) => *alpha as f64,
            _ => ALPHA,
        }
    }

    /// Refuses widths of modules other than those of the base model.
    fn check_widths(&self, widths: &'a Node, adapter: &AdapterShape) -> Result<()> {
        for module in Module::ALL {
            let found = match self.field(widths, module.name()) {
                Some(Node::Sequence(pair)) => pair
                    .iter()
                    .map(|&id| if let Node::Whole(width) = self.program.get(id) { *width } else { 0 })
                    .collect(),
                _ => Vec::new(),
            };
            let (width_in, width_out) = adapter.of(module);
            if found != [width_in, width_out] {
                let reason = format!(
                    "its {module} is {found:?}, that of the base model ({width_in}, {width_out}); give its own"
                );
                return Err(self.refuse(reason));
            }
        }
        Ok(())
    }
}
