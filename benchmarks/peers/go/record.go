package main

type complexNumber struct {
	Real      float64 `avro:"real"`
	Imaginary float64 `avro:"imaginary"`
}

type hamiltonianTerm struct {
	Label        string        `avro:"label"`
	Coefficients complexNumber `avro:"coefficients"`
}

type initialData struct {
	Backend           string            `avro:"backend"`
	NumQubits         int               `avro:"num_qubits"`
	Hamiltonian       []hamiltonianTerm `avro:"hamiltonian"`
	NumParameters     int               `avro:"num_parameters"`
	InitialParameters []float64         `avro:"initial_parameters"`
	Optimizer         string            `avro:"optimizer"`
	Ansatz            string            `avro:"ansatz"`
	NoiseBackend      string            `avro:"noise_backend"`
	DefaultShots      *int              `avro:"default_shots"`
	AnsatzReps        int               `avro:"ansatz_reps"`
	InitStrategy      *string           `avro:"init_strategy"`
	Seed              *int              `avro:"seed"`
	AnsatzName        *string           `avro:"ansatz_name"`
	ExactEstimator    bool              `avro:"exact_estimator"`
}

type process struct {
	Iteration           int       `avro:"iteration"`
	Parameters          []float64 `avro:"parameters"`
	Result              float64   `avro:"result"`
	Std                 float64   `avro:"std"`
	EnergyDelta         *float64  `avro:"energy_delta"`
	ParameterDeltaNorm  *float64  `avro:"parameter_delta_norm"`
	CumulativeMinEnergy *float64  `avro:"cumulative_min_energy"`
}

type result struct {
	InitialData            initialData `avro:"initial_data"`
	IterationList          []process   `avro:"iteration_list"`
	Minimum                float64     `avro:"minimum"`
	OptimalParameters      []float64   `avro:"optimal_parameters"`
	Maxcv                  *float64    `avro:"maxcv"`
	MinimizationTime       float64     `avro:"minimization_time"`
	NuclearRepulsionEnergy *float64    `avro:"nuclear_repulsion_energy"`
	Success                *bool       `avro:"success"`
	Nfev                   *int        `avro:"nfev"`
	Nit                    *int        `avro:"nit"`
}

type moleculeData struct {
	Symbols      []string    `avro:"symbols"`
	Coords       [][]float64 `avro:"coords"`
	Multiplicity int         `avro:"multiplicity"`
	Charge       int         `avro:"charge"`
	Units        string      `avro:"units"`
	Masses       *[]float64  `avro:"masses"`
}

type moleculeInfo struct {
	MoleculeData moleculeData `avro:"molecule_data"`
}

type decoratedResult struct {
	VQEResult        result       `avro:"vqe_result"`
	Molecule         moleculeInfo `avro:"molecule"`
	BasisSet         string       `avro:"basis_set"`
	HamiltonianTime  float64      `avro:"hamiltonian_time"`
	MappingTime      float64      `avro:"mapping_time"`
	VQETime          float64      `avro:"vqe_time"`
	TotalTime        float64      `avro:"total_time"`
	MoleculeID       int          `avro:"molecule_id"`
	PerformanceStart *string      `avro:"performance_start"`
	PerformanceEnd   *string      `avro:"performance_end"`
}
