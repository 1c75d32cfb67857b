package page

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Series is one line, or one colour of bars, of a chart.
type Series struct {
	Name   string
	Values []float64
}

var palette = []color.Color{
	color.RGBA{R: 0x1f, G: 0x6f, B: 0x8b, A: 0xff}, color.RGBA{R: 0xd9, G: 0x7b, B: 0x29, A: 0xff},
	color.RGBA{R: 0x5a, G: 0x8f, B: 0x3c, A: 0xff}, color.RGBA{R: 0x8c, G: 0x4a, B: 0x87, A: 0xff},
}

// Bars adds a bar chart: for each label one bar of each series.
func (p *Page) Bars(caption, unit string, labels []string, series ...Series) {
	p.chart(caption, unit, labels, bars(labels, series))
}

// BarsSVG draws the same chart by itself, on white, for a file of its own.
func BarsSVG(unit string, labels []string, series ...Series) (string, error) {
	draw := bars(labels, series)
	return SVG(unit, labels, func(pl *plot.Plot) error {
		pl.BackgroundColor = color.White
		return draw(pl)
	})
}

func bars(labels []string, series []Series) func(*plot.Plot) error {
	return func(pl *plot.Plot) error {
		width := vg.Points(min(28, 400/float64(max(1, len(labels)*len(series)))))
		for i, s := range series {
			bars, err := plotter.NewBarChart(plotter.Values(s.Values), width)
			if err != nil {
				return err
			}
			bars.Color, bars.LineStyle.Width = palette[i%len(palette)], 0
			bars.Offset = width * vg.Length(float64(i)-float64(len(series)-1)/2)
			pl.Add(bars)
			legend(pl, series, s.Name, bars)
		}
		pl.Y.Min = min(0, pl.Y.Min)
		return nil
	}
}

// Lines adds a line chart over labels that follow each other, such as months.
func (p *Page) Lines(caption, unit string, labels []string, series ...Series) {
	p.chart(caption, unit, labels, func(pl *plot.Plot) error {
		for i, s := range series {
			points := make(plotter.XYs, len(s.Values))
			for x, y := range s.Values {
				points[x] = plotter.XY{X: float64(x), Y: y}
			}
			line, dots, err := plotter.NewLinePoints(points)
			if err != nil {
				return err
			}
			line.Color, line.Width = palette[i%len(palette)], vg.Points(1.6)
			dots.Color, dots.Shape, dots.Radius = line.Color, plotutil.Shape(0), vg.Points(1.8)
			pl.Add(line, dots)
			legend(pl, series, s.Name, line)
		}
		return nil
	})
}

func legend(pl *plot.Plot, all []Series, name string, of plot.Thumbnailer) {
	if len(all) > 1 {
		pl.Legend.Add(name, of)
	}
}

func (p *Page) chart(caption, unit string, labels []string, add func(*plot.Plot) error) {
	if p.err != nil {
		return
	}
	svg, err := SVG(unit, labels, add)
	if err != nil {
		p.err = fmt.Errorf("chart %q: %w", caption, err)
		return
	}
	p.parts = append(p.parts, part{Chart: template.HTML(svg), Caption: caption}) //nolint:gosec // drawn here, texts are escaped by the drawer
}

// SVG draws a chart by itself, as wide as a page.
func SVG(unit string, labels []string, add func(*plot.Plot) error) (string, error) {
	pl := plot.New()
	pl.BackgroundColor = color.Transparent
	pl.Y.Label.Text = unit
	pl.Legend.Top = true
	pl.Add(grid())
	if err := add(pl); err != nil {
		return "", err
	}
	pl.NominalX(thin(labels)...)
	pl.X.Tick.Label.Font.Size = font.Length(9)
	pl.Y.Tick.Label.Font.Size = font.Length(9)
	canvas := vgsvg.New(vg.Points(720), vg.Points(240))
	pl.Draw(draw.New(canvas))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return "", err
	}
	out := b.String()
	return out[strings.Index(out, "<svg"):], nil
}

func grid() *plotter.Grid {
	g := plotter.NewGrid()
	g.Vertical.Width = 0
	g.Horizontal.Color = color.Gray{Y: 0xdd}
	return g
}

// thin leaves out labels where there is no room for all.
func thin(labels []string) []string {
	const room = 90 // characters that a chart is wide
	longest := 1
	for _, l := range labels {
		longest = max(longest, len([]rune(l))+2)
	}
	every := max(1, (len(labels)*longest+room-1)/room)
	out := make([]string, len(labels))
	for i, l := range labels {
		if i%every == 0 {
			out[i] = l
		}
	}
	return out
}
