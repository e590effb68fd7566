// Two Go libraries on structs: encode and decode messages, one JSON line for each.
package main

import (
	"bytes"
	"encoding/json"
	"log"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"time"

	hamba "github.com/hamba/avro/v2"
	twmb "github.com/twmb/avro"
)

// One block without its size, as the other libraries write arrays; hamba's default is blocks of 100 items.
var oneBlock = hamba.Config{BlockLength: math.MaxInt32, DisableBlockSizeHeader: true}.Freeze()

var kept any

type line struct {
	Peer    string  `json:"peer"`
	Message string  `json:"message"`
	Equal   bool    `json:"equal"`
	Encode  float64 `json:"encode"`
	Decode  float64 `json:"decode"`
}

type library struct {
	name   string
	encode func(*decoratedResult) ([]byte, error)
	decode func([]byte, *decoratedResult) error
}

func main() {
	folder, seconds := os.Args[1], must(strconv.ParseFloat(os.Args[2], 64))
	schema := string(must(os.ReadFile(filepath.Join(folder, "record.avsc"))))
	out := json.NewEncoder(os.Stdout)
	for _, message := range os.Args[3:] {
		data := must(os.ReadFile(filepath.Join(folder, message+".bin")))
		for _, each := range libraries(schema) {
			check(out.Encode(each.measure(message, data, seconds)))
		}
	}
}

func libraries(schema string) []library {
	first, second := hamba.MustParse(schema), twmb.MustParse(schema)
	return []library{
		{
			"hamba/avro",
			func(record *decoratedResult) ([]byte, error) { return oneBlock.Marshal(first, record) },
			func(data []byte, record *decoratedResult) error { return oneBlock.Unmarshal(first, data, record) },
		},
		{
			"twmb/avro",
			func(record *decoratedResult) ([]byte, error) { return second.Encode(record) },
			func(data []byte, record *decoratedResult) error {
				_, err := second.Decode(data, record)
				return err
			},
		},
	}
}

func (l library) measure(message string, data []byte, seconds float64) line {
	record := new(decoratedResult)
	check(l.decode(data, record))
	return line{
		Peer:    l.name,
		Message: message,
		Equal:   bytes.Equal(must(l.encode(record)), data),
		Encode:  best(seconds, func() { kept = must(l.encode(record)) }),
		Decode: best(seconds, func() {
			fresh := new(decoratedResult)
			check(l.decode(data, fresh))
			kept = fresh
		}),
	}
}

// best gives the microseconds of the best of the rounds that fit; as long again goes into warming up.
func best(seconds float64, action func()) float64 {
	count := 0
	for start := time.Now(); time.Since(start).Seconds() < seconds; count++ {
		action()
	}
	perRound := max(1, count/20)
	least := math.Inf(1)
	for end := time.Now().Add(time.Duration(seconds * 1e9)); time.Now().Before(end); {
		start := time.Now()
		for range perRound {
			action()
		}
		least = min(least, float64(time.Since(start).Nanoseconds())/1e3/float64(perRound))
	}
	return least
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
