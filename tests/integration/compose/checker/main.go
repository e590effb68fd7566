// Checker loads compose projects the way `docker compose` does and prints what it would refuse.
//
// Each argument is one project: one file, or several joined by "+", the later ones laid over the earlier.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
)

func load(files []string) error {
	options, err := cli.NewProjectOptions(
		files,
		cli.WithOsEnv,
		cli.WithProfiles([]string{"*"}),
		cli.WithConsistency(true),
		cli.WithResolvedPaths(true),
	)
	if err != nil {
		return err
	}
	_, err = options.LoadProject(context.Background())
	return err
}

func main() {
	refused := false
	for _, project := range os.Args[1:] {
		if err := load(strings.Split(project, "+")); err != nil {
			fmt.Printf("%s: %v\n", project, err)
			refused = true
		}
	}
	if refused {
		os.Exit(1)
	}
}
