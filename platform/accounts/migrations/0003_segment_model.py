from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_policy_variant'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='segment_model',
            field=models.CharField(blank=True, max_length=99),
        ),
    ]
