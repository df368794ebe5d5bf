using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Radapt.Inference;

namespace Radapt.Hosting;

/// <summary>Radapt in a container of services.</summary>
public static class RadaptServices
{
    /// <summary>
    /// Adds a single <see cref="AdapterBank"/> with the models of <see cref="RadaptOptions"/>, opened when it is first asked for and
    /// disposed with the container. It logs as <c>Radapt</c>.
    /// </summary>
    /// <param name="services">Where to.</param>
    /// <param name="configure">Sets the options; null: they are configured elsewhere.</param>
    public static IServiceCollection AddRadapt(this IServiceCollection services, Action<RadaptOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        OptionsBuilder<RadaptOptions> options = services.AddOptions<RadaptOptions>()
            .Validate(o => o.BatchSize > 0 && o.QueueLimit > 0 && o.DecodingThreads > 0,
                "Radapt: BatchSize, QueueLimit and DecodingThreads must be at least 1.")
            .Validate(o => o.BatchWindow >= TimeSpan.Zero && o.BatchWindow <= TimeSpan.FromMinutes(1),
                "Radapt: BatchWindow must be between 0 and one minute.");
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton(Open);
        return services;
    }

    private static AdapterBank Open(IServiceProvider services)
    {
        RadaptOptions options = services.GetRequiredService<IOptions<RadaptOptions>>().Value;
        var bank = new AdapterBank(new PredictorOptions
        {
            Weights = options.Weights,
            BatchSize = options.BatchSize,
            BatchWindow = options.BatchWindow,
            QueueLimit = options.QueueLimit,
            DecodingThreads = options.DecodingThreads,
            Logger = services.GetService<ILoggerFactory>()?.CreateLogger("Radapt"),
        });
        try
        {
            foreach ((string name, string run) in options.Models)
            {
                bank.SetAsync(name, run).GetAwaiter().GetResult();
            }

            return bank;
        }
        catch
        {
            bank.Dispose();
            throw;
        }
    }
}
