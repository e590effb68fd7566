use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct ComplexNumber {
    real: f64,
    imaginary: f64,
}

#[derive(Serialize, Deserialize)]
pub struct HamiltonianTerm {
    label: String,
    coefficients: ComplexNumber,
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "VQEInitialData")]
pub struct InitialData {
    backend: String,
    num_qubits: i32,
    hamiltonian: Vec<HamiltonianTerm>,
    num_parameters: i32,
    initial_parameters: Vec<f64>,
    optimizer: String,
    ansatz: String,
    noise_backend: String,
    default_shots: Option<i32>,
    ansatz_reps: i32,
    init_strategy: Option<String>,
    seed: Option<i32>,
    ansatz_name: Option<String>,
    exact_estimator: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "VQEProcess")]
pub struct Process {
    iteration: i32,
    parameters: Vec<f64>,
    result: f64,
    std: f64,
    energy_delta: Option<f64>,
    parameter_delta_norm: Option<f64>,
    cumulative_min_energy: Option<f64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "VQEResult")]
pub struct Minimisation {
    initial_data: InitialData,
    iteration_list: Vec<Process>,
    minimum: f64,
    optimal_parameters: Vec<f64>,
    maxcv: Option<f64>,
    minimization_time: f64,
    nuclear_repulsion_energy: Option<f64>,
    success: Option<bool>,
    nfev: Option<i32>,
    nit: Option<i32>,
}

#[derive(Serialize, Deserialize)]
pub struct MoleculeData {
    symbols: Vec<String>,
    coords: Vec<Vec<f64>>,
    multiplicity: i32,
    charge: i32,
    units: String,
    masses: Option<Vec<f64>>,
}

#[derive(Serialize, Deserialize)]
pub struct MoleculeInfo {
    molecule_data: MoleculeData,
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "VQEDecoratedResult")]
pub struct DecoratedResult {
    vqe_result: Minimisation,
    molecule: MoleculeInfo,
    basis_set: String,
    hamiltonian_time: f64,
    mapping_time: f64,
    vqe_time: f64,
    total_time: f64,
    molecule_id: i32,
    performance_start: Option<String>,
    performance_end: Option<String>,
}
