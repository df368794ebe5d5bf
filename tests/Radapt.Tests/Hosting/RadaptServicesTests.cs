using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Radapt.Adaptation.Lora;
using Radapt.Hosting;
using Radapt.Inference;
using Radapt.Tests.Inference;

namespace Radapt.Tests.Hosting;

public sealed class RadaptServicesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddRadapt_Models_AreOpenedOnceAndDisposedWithTheContainer()
    {
        using var saved = new SavedAdapters();
        var services = new ServiceCollection();
        services.AddRadapt(o => o.Models["ward"] = saved.Save(1, new LoraOptions()));
        AdapterBank bank;
        await using (ServiceProvider provider = services.BuildServiceProvider())
        {
            bank = provider.GetRequiredService<AdapterBank>();
            Assert.Same(bank, provider.GetRequiredService<AdapterBank>());
            Assert.Equal(["ward"], bank.Names);
            Assert.Equal(2, bank.Find("ward")!.Findings.Count);
        }

        Assert.Throws<ObjectDisposedException>(() => { _ = bank.PredictAsync("ward", saved.Images[0], cancellation: Cancellation); });
    }

    [Fact]
    public void AddRadapt_OptionsOutOfRange_AreRefused()
    {
        var services = new ServiceCollection();
        services.AddRadapt(o => o.QueueLimit = 0);
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<AdapterBank>());
    }
}
