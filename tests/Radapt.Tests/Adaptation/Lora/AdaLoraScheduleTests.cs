using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Tests.Adaptation.Methods;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation.Lora;

public class AdaLoraScheduleTests
{
    private static readonly MethodCase s_case = MethodCase.All["adalora"];

    [Fact]
    public void Budget_IsCubicBetweenTwoPlateaus()
    {
        using Classifier classifier = s_case.Build();
        var schedule = (AdaLoraSchedule)classifier.Adapters!.Schedule!;
        Assert.Equal(18, schedule.InitialBudget); // 3 blocks, q and v, 3 each
        long[] budgets = [.. Enumerable.Range(0, 100).Select(t => schedule.Budget(t, 100))];
        Assert.All(budgets[..10], b => Assert.Equal(18, b));
        Assert.All(budgets[70..], b => Assert.Equal(12, b));
        for (int t = 10; t < 70; t++)
        {
            double share = 1 - ((t - 10) / 60.0);
            Assert.Equal((long)Math.Round(12 + (6 * share * share * share)), budgets[t]);
        }
    }

    [Fact]
    public void Penalty_ValueAndGradients_EqualTheFormula()
    {
        using var scope = NewDisposeScope();
        using Classifier classifier = s_case.BuildTrained();
        var plain = classifier.Adapters!.Tensors().ToDictionary(t => t.Name, t => t.Tensor.detach().clone().requires_grad_(true));
        Tensor expected = zeros(1);
        foreach ((string name, Tensor tensor) in plain)
        {
            for (int third = 0; third < 2 && !name.EndsWith("values", StringComparison.Ordinal); third++)
            {
                Tensor rows = name.EndsWith('P') ? tensor.narrow(0, third * 32, 32).t() : tensor.narrow(0, third * 3, 3); // (3, 32)
                for (int i = 0; i < 9; i++)
                {
                    Tensor product = (rows[i / 3] * rows[i % 3]).sum();
                    expected = expected.Plus((product - (i / 3 == i % 3 ? ones(1) : zeros(1))).square(), 0.1);
                }
            }
        }

        Tensor penalty = classifier.Adapters.Schedule!.Penalty();
        expected.sum().backward();
        penalty.backward();
        Assert.Equal(expected.item<float>(), penalty.item<float>(), 1e-3);
        Assert.All(
            classifier.Adapters.Tensors().Where(t => !t.Name.EndsWith("values", StringComparison.Ordinal)),
            t => Assert.True(allclose(plain[t.Name].grad!, t.Tensor.grad!, 1e-3, 1e-5), t.Name));
    }

    [Fact]
    public void Updates_KeepTheMostImportantTriplets_AsTheFormulaSays()
    {
        const int Updates = 20;
        using var scope = NewDisposeScope();
        using Classifier classifier = s_case.BuildTrained();
        ITrainingSchedule schedule = classifier.Adapters!.Schedule!;
        (string Name, Tensor Tensor)[] tensors = [.. classifier.Adapters.Tensors()];
        var mean = tensors.ToDictionary(t => t.Name, t => new double[t.Tensor.numel()]);
        var distance = tensors.ToDictionary(t => t.Name, t => new double[t.Tensor.numel()]);
        HashSet<(string, int)> final = [];
        for (int update = 0; update < Updates; update++)
        {
            using var noGradient = no_grad();
            foreach ((string name, Tensor tensor) in tensors)
            {
                Initialisation.TruncatedNormal(tensor, name, 0.5, 100 + update);
                Tensor gradient = empty_like(tensor, requires_grad: false);
                Initialisation.TruncatedNormal(gradient, name, 0.5, 200 + update);
                tensor.grad = gradient;
                (float[] w, float[] g) = ([.. tensor.data<float>()], [.. gradient.data<float>()]);
                for (int i = 0; i < w.Length; i++)
                {
                    double now = Math.Abs(w[i] * g[i]);
                    mean[name][i] = (0.85 * mean[name][i]) + (0.15 * now);
                    distance[name][i] = (0.85 * distance[name][i]) + (0.15 * Math.Abs(now - mean[name][i]));
                }
            }

            schedule.BeforeUpdate(update, Updates);
            schedule.AfterUpdate(update, Updates);

            var kept = Expected(((AdaLoraSchedule)schedule).Budget(update, Updates));
            final = update <= 14 ? kept : final; // from 70 % of the updates on the distribution stays
            foreach ((string name, Tensor tensor) in tensors.Where(t => t.Name.EndsWith("values", StringComparison.Ordinal)))
            {
                Assert.Equal(Enumerable.Range(0, 6).Select(i => final.Contains((name, i))), tensor.data<float>().Select(v => v != 0));
            }
        }

        Assert.Equal(12, final.Count);

        HashSet<(string, int)> Expected(long budget)
        {
            var scores = new List<(double Score, string Name, int Place)>();
            foreach (string values in mean.Keys.Where(k => k.EndsWith("values", StringComparison.Ordinal)))
            {
                string start = values[..^"values".Length];
                double S(string name, int i) => mean[start + name][i] * distance[start + name][i];
                for (int third = 0; third < 2; third++)
                {
                    for (int r = 0; r < 3; r++)
                    {
                        double p = Enumerable.Range(0, 32).Average(row => S("P", (((third * 32) + row) * 3) + r));
                        double q = Enumerable.Range(0, 32).Average(column => S("Q", (((third * 3) + r) * 32) + column));
                        scores.Add((S("values", (third * 3) + r) + p + q, values, (third * 3) + r));
                    }
                }
            }

            return [.. scores.OrderByDescending(s => s.Score).Take((int)budget).Select(s => (s.Name, s.Place))];
        }
    }
}
